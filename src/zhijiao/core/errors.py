"""What stops a command for a reason that its user can do something about."""

from __future__ import annotations

import errno
import os


class Refusal(RuntimeError):
    """The message, in Chinese, says what happened and what to do. The command line shows it without a traceback."""


class Misconfigured(Refusal):
    """The environment says something that cannot work."""


_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EEXIST: "已有同名的文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "磁盘只读",
    errno.ENAMETOOLONG: "名称太长",
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
}


def reason(error: OSError) -> str:
    """Why the system refused, as an office would say it; its own words for what is rare."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def file_trouble(error: OSError) -> str | None:
    """The sentence for a file that could not be read or written. None when the error is about something else."""
    name = error.filename
    if name is None and error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return None
    where = "输出" if name is None else os.fsdecode(name) if isinstance(name, str | bytes) else str(name)
    return f"{where}：{reason(error)}。检查路径、权限和磁盘空间。"
