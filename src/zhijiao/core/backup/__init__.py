"""Backup and restore: everything that an instance knows, in one file, and back from it."""

from zhijiao.core.backup.manifest import BackupRefused, Manifest
from zhijiao.core.backup.restoring import check, restore
from zhijiao.core.backup.saving import save

__all__ = ["BackupRefused", "Manifest", "check", "restore", "save"]
