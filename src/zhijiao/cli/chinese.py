"""The command-line library's own words in Chinese, whatever language the machine is set to."""

from __future__ import annotations

import gettext
import re

# Headings that the library looks up with gettext when it is imported.
WORDS = {
    "Arguments": "参数",
    "Options": "选项",
    "Commands": "命令",
    "Error": "错误",
    "[default: {}]": "[默认：{}]",
    "[required]": "[必填]",
    "[env var: {}]": "[环境变量：{}]",
}

# Messages that it writes in English only, as it words them.
MESSAGES = (
    (r"No such command (.+?)\.", r"没有命令 \1。"),
    (r"No such option: (\S+)", r"没有选项 \1。"),
    (r"\.? Did you mean (.+)\?", r"是不是想用 \1？"),
    (r" ?\(Possible options: (.+)\)", r"是不是想用 \1？"),
    (r"Missing command\.", "缺少命令。"),
    (r"Missing argument (.+)\.", r"缺少参数 \1。"),
    (r"Missing option (.+)\.", r"缺少选项 \1。"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"多余的参数：\1。"),
    (r"Option (.+) requires an argument\.", r"选项 \1 后面要跟一个值。"),
    (r"Option (.+) does not take a value\.", r"选项 \1 后面不跟值。"),
    (r"Invalid value for (.+?): ", r"\1 的值不对："),
    (r"Invalid value: ", "值不对："),
    (r"Value (.+) is not a valid (.+)\.", r"\1 不是有效的值（\2）。"),
    (r"Input should be a valid integer.*", "应是整数。"),
    (r"Input should be greater than or equal to (\S+)", r"不能小于 \1。"),
    (r"Input should be less than or equal to (\S+)", r"不能大于 \1。"),
    (r"(?:dir|file|path) (.+) does not exist\.", r"\1 不存在。"),
    (r"(?:dir|file|path) (.+) is not readable\.", r"\1 没有读权限。"),
    (r"(?:dir|file|path) (.+) is a file\.", r"\1 是文件，这里要写文件夹。"),
    (r"(?:dir|file|path) (.+) is a directory\.", r"\1 是文件夹，这里要写文件。"),
    (r"Directory (.+) does not exist\.", r"目录 \1 不存在。"),
    (r"File (.+) does not exist\.", r"文件 \1 不存在。"),
    (r"Path (.+) does not exist\.", r"路径 \1 不存在。"),
)


def translate_headings() -> None:
    """Put our words in front of gettext. Must run before the library is imported."""
    original = gettext.gettext

    def translate(message: str) -> str:
        return WORDS.get(message) or original(message)

    gettext.gettext = translate


def translate_help_option() -> None:
    """Word the `--help` line that the library adds to each command."""
    from typer.core import TyperCommand, TyperGroup

    for kind in (TyperCommand, TyperGroup):
        _reword_help(kind)


def _reword_help(kind: type) -> None:
    original = kind.get_help_option  # type: ignore[attr-defined]

    def get_help_option(self: object, context: object) -> object:
        option = original(self, context)
        if option is not None:
            option.help = "显示本说明。"
        return option

    kind.get_help_option = get_help_option  # type: ignore[attr-defined]


def in_chinese(message: str) -> str:
    """Word one of the library's messages in Chinese; what it does not know stays as it is."""
    for pattern, replacement in MESSAGES:
        message = re.sub(pattern, replacement, message)
    return message
