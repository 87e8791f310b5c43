"""Makes nnstudio.app and a disk image of it; works on macOS only, and was tried on none yet."""

from __future__ import annotations

import platform
from pathlib import Path

from common import Job, run, say
from frozen import freeze

# What macOS is told of the program beyond its name and version.
INFO_PLIST = {
    "NSHighResolutionCapable": True,
    "LSMinimumSystemVersion": "13.0",  # Qt's
    "LSApplicationCategoryType": "public.app-category.education",
    "NSHumanReadableCopyright": "The nnstudio maintainers, MIT licence",
    "UTExportedTypeDeclarations": [
        {
            "UTTypeIdentifier": "org.nnstudio.experiment",
            "UTTypeDescription": "nnstudio experiment",
            "UTTypeConformsTo": ["public.data"],
            "UTTypeTagSpecification": {"public.filename-extension": ["nns"]},
        }
    ],
    "CFBundleDocumentTypes": [
        {
            "CFBundleTypeName": "nnstudio experiment",
            "CFBundleTypeRole": "Editor",
            "LSHandlerRank": "Owner",
            "LSItemContentTypes": ["org.nnstudio.experiment"],
        }
    ],
}


def make_dmg(job: Job) -> Path:
    """Make a disk image with the program and a link to the folder for programs, to drag the one onto the other."""
    freeze(job)
    say("making the .dmg")
    folder = job.folder("dmg")
    run("ditto", job.work / "frozen" / "nnstudio.app", folder / "nnstudio.app")
    (folder / "Applications").symlink_to("/Applications")
    image = job.output / f"nnstudio-{job.version}-macos-{platform.machine()}.dmg"
    run("hdiutil", "create", "-volname", "nnstudio", "-srcfolder", folder, "-format", "UDZO", "-ov", image)
    return image
