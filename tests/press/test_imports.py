"""A web worker imports the press to name its values; it must not pay for WeasyPrint."""

import subprocess
import sys


def test_importing_the_press_loads_neither_weasyprint_nor_fonttools():
    code = (
        "import sys, eventhub.press, eventhub.press.badges, eventhub.press.fonts, eventhub.press.qr;"
        "print(sorted({'weasyprint', 'pydyf', 'fontTools', 'zxingcpp', 'segno', 'numpy'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
