// Bundles each .js and .css file of this folder into ../static; what they share stands in files that begin with _, or in parts/.
import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

// A style sheet that a module imports arrives as a text, minified, for a <style> of its own.
const sheets = {
    name: "sheets",
    setup(build) {
        build.onResolve({ filter: /\.css$/ }, ({ path, kind, resolveDir }) =>
            kind === "import-statement" ? { path: join(resolveDir, path), namespace: "sheet" } : undefined);
        build.onLoad({ filter: /./, namespace: "sheet" }, async ({ path }) => {
            const { outputFiles } = await build.esbuild.build({ entryPoints: [path], bundle: true, minify: true, write: false });
            return { contents: outputFiles[0].text, loader: "text" };
        });
    },
};

const { metafile } = await build({
    absWorkingDir: here,
    plugins: [sheets],
    entryPoints: readdirSync(here).filter((name) => /^[^_].*\.(css|js)$/.test(name)),
    outdir: "../static",
    bundle: true,
    format: "esm",
    target: "es2020",
    minify: true,
    charset: "utf8",
    legalComments: "inline", // the licences of what is bundled ask for it
    logLevel: "warning",
    metafile: true,
});

// No bundle outlives its source.
const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(join(here, "../static"))) if (!made.has(name)) rmSync(join(here, "../static", name));
