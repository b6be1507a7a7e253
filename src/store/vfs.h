// How SQLite reaches the disk: as always, but that what is left over on a page of the database is never written.
//
// SQLite overwrites what is deleted (secure_delete). But when a page is split or put in order, cells are moved, and
// where they stood before a copy may stay in the gap between the page's index and its cells, out of reach of any
// statement. A customer's text that was erased must not be found there, so the gap is written as zeros.
#pragma once

#define VFS_NAME "firstline"

// Once, before the first connection is opened by that name. 0 or -ENOMEM.
int vfs_register(void);
