// OpenBLAS: the yardstick that our own products are timed against and checked with. Nothing that trains calls it.
#pragma once
#include <cblas.h>
