"""Static files under names that carry a hash of their content, so that a browser may keep each for ever.

Only where they were collected (``STATIC_ROOT``); a checkout serves its folders as they are. What stylesheets import and what our
modules import is written anew with the hashed names; scripts of other packages stand alone and are left as they are.
"""

from typing import Any

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

_IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed and compressed. A page keeps working across a release: collecting again removes no old name."""

    patterns: tuple[Any, ...] = (*HashedFilesMixin.patterns, ("js/*.js", _IMPORTS))
