"""
Sphinx configuration.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    release = version("callsheet")
except PackageNotFoundError:  # built from a checkout that is only on the path
    release = "0.1.0"

project = "callsheet"
author = "The callsheet authors"
copyright = "2026, The callsheet authors"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"callsheet {release}"

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True

# No inventory of another project is fetched, so that the build needs no network:
# their names cannot be links. Names of callsheet must be.
nitpick_ignore_regex = [("py:.*", r"(?!callsheet\b).*")]
