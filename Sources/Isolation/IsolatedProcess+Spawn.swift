import CSeccomp
import Files
import Glibc
import Synchronization

extension IsolatedProcess {
  /// The program that is started to serve: this one, unless a test runs in a program that cannot.
  package static let program = Mutex("/proc/self/exe")

  /// Starts a program with nothing open but its socket, and with no word of the environment but where libraries lie.
  static func spawn(_ program: String, _ arguments: [String], socket: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, socket, IsolatedServices.socket)
    for standard in STDIN_FILENO...STDERR_FILENO {
      posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0)
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, IsolatedServices.socket + 1)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: Ctrl-C is for the program that asks. Signals are as they are at first.
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    // One thread, and no program that looks at crashes.
    var environment = ["OPENBLAS_NUM_THREADS=1", "SWIFT_BACKTRACE=enable=no"]
    if let libraries = getenv("LD_LIBRARY_PATH") {
      environment.append("LD_LIBRARY_PATH=\(String(cString: libraries))")
    }
    var words = arguments.map { strdup($0) } + [nil]
    var variables = environment.map { strdup($0) } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var process = pid_t()
    let code = posix_spawn(&process, program, &actions, &attributes, &words, &variables)
    guard code == 0 else { throw trouble(code) }
    return process
  }

  /// The machine's trouble, which may pass; else what is wrong for good.
  static func trouble(_ code: Int32) -> any Error {
    MachineError(path: "a process of its own", code: code)
      ?? IsolationError(reason: "no process can be started: \(systemWords(code))")
  }
}
