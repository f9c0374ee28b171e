#pragma once
// libarchive for Swift: its headers, and what Swift cannot see in them (macros with casts) as small inline functions
// with the prefix `clibarchive_`.

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

/// Whether a member is a plain file; links and devices are not.
static inline int clibarchive_is_regular(struct archive_entry *entry) {
  return archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == NULL &&
         archive_entry_symlink(entry) == NULL;
}

/// Whether a member is a folder.
static inline int clibarchive_is_folder(struct archive_entry *entry) {
  return archive_entry_filetype(entry) == AE_IFDIR;
}

/// A locale in which libarchive takes names for UTF-8, whatever the user's own is; NULL if the system has none.
static inline locale_t clibarchive_utf8_locale(void) { return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }
