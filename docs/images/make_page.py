"""Make the picture of the README: the first screen of a page, in headless Chromium.

``python docs/images/make_page.py reports/yen_carry.html``
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

page, picture = Path(sys.argv[1]).resolve(), Path(__file__).with_name("page.png")
with tempfile.TemporaryDirectory() as profile:
    command = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu", "--disable-sync"]
    command += ["--disable-background-networking", "--no-first-run", f"--user-data-dir={profile}"]
    subprocess.run(
        [*command, "--window-size=1280,940", f"--screenshot={picture}", page.as_uri()], check=True, capture_output=True
    )
Image.open(picture).quantize(48).save(picture, optimize=True)
