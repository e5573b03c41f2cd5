"""How each kernel of the image begins."""

# postBuild puts this where every kernel of the image reads it. Not c.InteractiveShellApp.extensions: after those, the
# %load_ext of a notebook's first cell would answer that it is loaded already.
c = get_config()  # noqa: F821 - IPython gives it
c.InteractiveShellApp.exec_lines = ["import binance_nb; binance_nb.load_ipython_extension(get_ipython())"]
