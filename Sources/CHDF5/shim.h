#pragma once
// The 1.10 names of functions whose shape changed later, whatever library is installed.
#define H5_USE_110_API
#include <hdf5.h>

// Most HDF5 constants are macros that open the library first, which Swift cannot see: each gets a function.

static inline hid_t hdf5_default(void) { return H5P_DEFAULT; }
static inline hid_t hdf5_file_creation(void) { return H5P_FILE_CREATE; }
static inline hid_t hdf5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t hdf5_group_creation(void) { return H5P_GROUP_CREATE; }
static inline hid_t hdf5_dataset_creation(void) { return H5P_DATASET_CREATE; }

static inline hid_t hdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t hdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t hdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t hdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t hdf5_stored_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t hdf5_stored_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t hdf5_stored_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t hdf5_stored_int64(void) { return H5T_STD_I64LE; }
static inline hid_t hdf5_c_string(void) { return H5T_C_S1; }

static inline unsigned hdf5_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned hdf5_read_only(void) { return H5F_ACC_RDONLY; }

/// Asks for the newest file format of the 1.10 library, in which every piece of metadata carries a checksum.
static inline herr_t hdf5_set_format_1_10(hid_t access) {
  return H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
}

/// Silences the library's own printing of errors on this thread.
static inline herr_t hdf5_silence(void) { return H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

/// Hands the errors of the last failed call to `visit`, the most specific first.
static inline herr_t hdf5_walk_errors(H5E_walk2_t visit, void *context) {
  return H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, visit, context);
}

/// Hands every link of a group to `visit`, by name.
static inline herr_t hdf5_iterate_links(
    hid_t group, herr_t (*visit)(hid_t, const char *, const H5L_info_t *, void *), void *context) {
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, visit, context);
}

/// The address in the file of the object that a hard link leads to.
static inline haddr_t hdf5_link_address(const H5L_info_t *link) { return link->u.address; }

/// Hands every attribute of an object to `visit`, by name.
static inline herr_t hdf5_iterate_attributes(
    hid_t object, herr_t (*visit)(hid_t, const char *, const H5A_info_t *, void *), void *context) {
  return H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, visit, context);
}
