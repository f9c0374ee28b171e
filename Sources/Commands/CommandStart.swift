import ArgumentParser
import Checkpoints
import Foundation
import Isolation
import Video

extension ParsableCommand {
  /// The start of every command, whose program is also what reads isolated.
  public static func mainOrServe() {
    // Whoever started the program may hold it back, and threads inherit that: each is to answer where it is (`ThreadStacks`).
    var asked = sigset_t()
    sigemptyset(&asked)
    sigaddset(&asked, SIGUSR2)
    pthread_sigmask(SIG_UNBLOCK, &asked, nil)
    // Where it came in ignored, nobody could tell how an isolated process ended.
    signal(SIGCHLD, SIG_DFL)
    IsolatedServices.serveIfAsked([.clips: ClipService.serve, .checkpoints: CheckpointService.serve])
    main(nil)
  }
}
