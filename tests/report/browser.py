"""A page in headless Chromium, with nothing but its command line."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WORDS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions"]
WORDS += ["--window-size=1280,800", "--allow-file-access-from-files"]
WORDS += ["--disable-background-networking", "--virtual-time-budget=5000"]
WORDS += ["--enable-logging=stderr", "--v=0"]


def dump(page: Path, profile: Path, script: str = "") -> tuple[str, list[str]]:
    """Opens a page, runs a script in a copy of it, and returns its DOM and the console's lines."""
    assert CHROMIUM
    if script:
        copy = page.with_name("with_script.html")
        text = page.read_text(encoding="utf-8")
        added = f"<script>window.addEventListener('load', () => {{{script}}});</script></body>"
        copy.write_text(text.replace("</body>", added), encoding="utf-8")
        page = copy
    words = [CHROMIUM, *WORDS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
