// Freed memory stays with the process.
//
// A compiled program takes and gives back all its memory at each call. glibc returns large blocks to the system,
// which clears each page again at the next call: a quarter of a training step. Up to 1 GiB stays here instead.
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>

namespace {

// Runs when the library is loaded. What the user has set in the environment stays.
bool KeepMemory() {
  if (std::getenv("MALLOC_TRIM_THRESHOLD_") != nullptr) return false;
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  // glibc before 2.35 refuses a threshold above 32 MiB; no block apart is the next best there.
  if (mallopt(M_MMAP_THRESHOLD, 1 << 30) == 0) mallopt(M_MMAP_MAX, 0);
  return true;
}

const bool memory_is_kept = KeepMemory();

}  // namespace
#endif
