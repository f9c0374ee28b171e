import CSeccomp
import Glibc

/// What locks a process in, for good.
enum Sandbox {
  /// Why the kernel does not let a process be locked in.
  struct Failure: Error {
    let reason: String
  }

  /// The system calls that reading needs once all code is loaded and the file is open. Each other one fails with EPERM:
  /// there is no way to open a file, to make a socket, a process or a thread, or to ask for rights.
  private static let allowed = [
    "read", "pread64", "write", "recvmsg", "sendmsg", "close", "poll", "ppoll",
    "munmap", "mremap", "madvise", "brk", "futex", "sched_yield", "getrandom", "membarrier",
    "clock_gettime", "clock_nanosleep", "nanosleep", "getpid", "gettid",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall", "rseq", "exit",
    "exit_group",
    // How much memory the machine has, which bounds what is read.
    "sysinfo",
  ]

  /// Locks this process in: from here on it can read the files that are open and those it is handed, compute, and answer.
  /// - Parameter memory: bytes that it may still take.
  static func enter(memory: Int) throws(Failure) {
    try bound(RLIMIT_AS, to: addressSpace() + memory, "memory")
    try bound(RLIMIT_CORE, to: 0, "dumps of memory")
    try bound(RLIMIT_FSIZE, to: 0, "the size of files")
    guard let filter = seccomp_init(seccomp_fail_with(EPERM)) else {
      throw Failure(reason: "libseccomp makes no filter")
    }
    defer { seccomp_release(filter) }
    for name in allowed { try allow(name, filter) }
    // Memory may be taken, but no code may be put into it.
    for name in ["mmap", "mprotect"] {
      try allow(name, filter, where: seccomp_masked(2, UInt64(PROT_EXEC), 0))
    }
    // How abort() ends a process; it may end no other, nor as the system does that is out of memory.
    try allow("tgkill", filter, where: seccomp_equal(0, UInt64(getpid())), seccomp_equal(2, UInt64(SIGABRT)))
    let status = seccomp_for_all_threads(filter) == 0 ? seccomp_load(filter) : -EINVAL
    guard status == 0 else {
      throw Failure(
        reason: "the kernel takes no filter of system calls: \(String(cString: strerror(-status)))")
    }
  }

  /// Calls that this kind of processor does not have are left out.
  private static func allow(
    _ name: String, _ filter: scmp_filter_ctx, where conditions: scmp_arg_cmp...
  ) throws(Failure) {
    let number = seccomp_syscall_resolve_name(name)
    guard number >= 0 else { return }
    let status = seccomp_rule_add_array(filter, seccomp_allow(), number, UInt32(conditions.count), conditions)
    guard status == 0 else { throw Failure(reason: "libseccomp knows no rule for \(name)") }
  }

  private static func bound(_ what: __rlimit_resource, to count: Int, _ words: String) throws(Failure) {
    let what = __rlimit_resource_t(what.rawValue)
    var limit = rlimit()
    guard getrlimit(what, &limit) == 0 else { throw Failure(reason: "\(words) cannot be bounded") }
    // Whoever started the command may have bounded it more.
    limit.rlim_cur = min(limit.rlim_cur, rlim_t(count))
    limit.rlim_max = limit.rlim_cur
    guard setrlimit(what, &limit) == 0 else {
      throw Failure(reason: "\(words) cannot be bounded")
    }
  }

  /// Bytes of address space that this process has now.
  private static func addressSpace() throws(Failure) -> Int {
    guard let file = fopen("/proc/self/statm", "re") else { throw Failure(reason: "/proc is not there") }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { throw Failure(reason: "/proc cannot be read") }
    return strtol(line, nil, 10) * sysconf(Int32(_SC_PAGESIZE))
  }
}
