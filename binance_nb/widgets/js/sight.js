// The eye in every widget: tells the kernel whether anybody can see the box it stands in, and shows what is wrong.
const BOX = ".binance-nb";
const PARTED = "The kernel has ended: this is the last that came. Running the cell again begins anew.";
const views = new Map(); // key of a model -> the views of it, each with whether it is on the screen

function hasEnded(kernel) {
    return Boolean(kernel) && (kernel.isDisposed || ["dead", "terminating"].includes(kernel.status));
}

// A kernel that has ended hears nothing; telling it would be an error in the browser's console.
function isListening(model) {
    const kernel = model.widget_manager?.kernel;
    return !hasEnded(kernel) && (kernel?.connectionStatus ?? "connected") === "connected";
}

function tell(model) {
    if (!isListening(model)) return;
    const seen = !document.hidden && [...(views.get(model.get("key")) ?? new Map()).values()].some(Boolean);
    if (model.get("seen") !== seen) {
        model.set("seen", seen);
        model.save_changes();
    }
}

export default {
    render({ model, el }) {
        // It is there before there is anything in it, or a screen reader would not tell.
        const problem = document.createElement("div");
        problem.setAttribute("role", "status");
        problem.setAttribute("aria-live", "polite");
        problem.className = "bn-problem";
        el.classList.add("bn-sight");
        el.append(problem);

        // A kernel that has ended cannot say so any more. The front end marks what was there before a restart.
        const kernel = model.widget_manager?.kernel;
        const show = () => {
            const isParted = hasEnded(kernel) || el.closest(".jupyter-widgets-disconnected");
            problem.textContent = isParted ? PARTED : model.get("problem");
        };
        for (const signal of [kernel?.statusChanged, kernel?.disposed]) signal?.connect(show);
        model.on("change:problem", show);
        model.on("comm_live_update", show);
        show();

        const key = model.get("key");
        if (!views.has(key)) views.set(key, new Map());
        views.get(key).set(el, true);
        const report = () => tell(model);
        document.addEventListener("visibilitychange", report);
        let watched = el;
        const observer = new IntersectionObserver((entries) => {
            const box = el.closest(BOX);
            if (box && watched === el) { // while it is rendered it stands nowhere yet
                watched = box;
                observer.disconnect();
                observer.observe(box);
                return;
            }
            views.get(key).set(el, entries[entries.length - 1].isIntersecting);
            report();
        });
        observer.observe(el);

        return () => {
            observer.disconnect();
            document.removeEventListener("visibilitychange", report);
            model.off("change:problem", show);
            model.off("comm_live_update", show);
            for (const signal of [kernel?.statusChanged, kernel?.disposed]) signal?.disconnect(show);
            views.get(key).delete(el);
            report();
            if (!views.get(key).size) views.delete(key);
        };
    },
};
