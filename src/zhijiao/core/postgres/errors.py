"""What can go wrong with the embedded database, said to the person who started it."""

from __future__ import annotations

from zhijiao.core.errors import Refusal


class PostgresError(Refusal):
    """内置数据库出错。"""


class WrongMajorVersion(PostgresError):
    """The data folder was written by another major version, whose files this one cannot read."""

    def __init__(self, folder: object, found: str, wanted: str) -> None:
        super().__init__(
            f"数据目录 {folder} 由 PostgreSQL {found} 写成，本程序自带的是 PostgreSQL {wanted}，不能直接打开。\n"
            f"数据没有改动。可以：用旧版本的本程序导出数据（pg_dump），再导入新目录；"
            f"或用环境变量 ZHIJIAO_DATA 指定另一个数据目录。"
        )


class LoginsMissing(PostgresError):
    """The cluster exists but the file with its passwords does not."""

    def __init__(self, path: object, cluster: object) -> None:
        super().__init__(
            f"数据库 {cluster} 存在，但保存其口令的文件 {path} 不见了，无法登录。\n"
            f"请从备份恢复该文件；如果数据可以丢弃，请删除上述数据库目录后重新启动。"
        )


class WrongPassword(PostgresError):
    """The file with the passwords belongs to another cluster."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"内置数据库不接受 {path} 里的口令：口令不符，该文件与数据库不是一套。\n请从同一份备份恢复两者。"
        )


class ClusterMissing(PostgresError):
    """The file with the passwords exists, and says that there was a cluster, but the cluster is gone."""

    def __init__(self, path: object, cluster: object) -> None:
        super().__init__(
            f"{path} 记着一个用过的数据库，但 {cluster} 不存在。为免误以为数据还在，没有另建新库。\n"
            f"请把数据库目录恢复到原处；如果确实要从空库开始，请删除 {path} 后重新启动。"
        )


class NotOurFolder(PostgresError):
    """The cluster belongs to another user of this machine."""

    def __init__(self, folder: object, owner: str) -> None:
        super().__init__(
            f"数据目录 {folder} 属于用户 {owner}，当前用户不能用它启动数据库。\n"
            f"请以该用户（或 root）运行，或用环境变量 ZHIJIAO_DATA 指定另一个数据目录。"
        )


class StartFailed(PostgresError):
    """The server ended, or did not answer, before it could be used."""

    def __init__(self, why: str, log: object, tail: str) -> None:
        super().__init__(f"内置数据库没有启动成功：{why}\n日志 {log} 的最后几行：\n{tail}")
