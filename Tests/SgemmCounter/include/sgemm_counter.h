// A program that links this target calls its `cblas_sgemm`, which counts and passes each call on to OpenBLAS.
#pragma once

/// Calls of `cblas_sgemm` by this program so far.
long sgemm_calls(void);
/// Floating-point operations of them all: a multiply and an add are two.
long sgemm_operations(void);
