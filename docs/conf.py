"""
Sphinx configuration.
"""

import callsheet

project = "callsheet"
author = "The callsheet authors"
copyright = "2026, The callsheet authors"
release = version = callsheet.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"callsheet {release}"

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True

napoleon_numpy_docstring = False
napoleon_use_ivar = True  # attributes that are properties have an entry of their own already

# No inventory of another project is fetched, so that the build needs no network:
# their names cannot be links. Names of callsheet must be.
nitpick_ignore_regex = [
    ("py:.*", r"(?!callsheet\b).*"),
    ("py:class", r"callsheet\.[\w.]+\.(M|ObjType|P|R|T)"),  # type variables have no entry
    (
        "py:class",
        r"callsheet\._imports\.(grammar\.ImportString|policy\.Stem)",
    ),  # a policy's own working parts
]
