import Clips
import Fields

extension DataSection {
  /// Why the clips of the recipe have no latents that could be kept, and the key to blame; nil if they do.
  ///
  /// Of each clip the latents of one window are kept: its first frames, and the middle of them.
  package var latentFault: (key: String, reason: String)? {
    let remedy =
      "where samples are to differ from epoch to epoch, leave data.latents out and encode in the loop"
    if start != .first {
      return (
        "start", "latents are kept of the first frames of each clip; set data.start to \"first\"; \(remedy)"
      )
    }
    if crop != .centre {
      return ("crop", "latents are kept of the middle of the frames; set data.crop to \"center\"; \(remedy)")
    }
    if !shapes.isEmpty {
      return (
        "shapes",
        "latents are kept of one shape, and data.shapes asks for several; leave it out, or leave data.latents out and encode "
          + "in the loop"
      )
    }
    return nil
  }

  func checkLatents(_ section: Section) {
    guard latents != nil else { return }
    section.expect(
      packed == nil, of: "latents", "packed",
      otherwise:
        "latents are read without any pictures, so a pack is not read; leave data.packed or data.latents out")
    if let fault = latentFault { section.expect(false, of: fault.key, "latents", otherwise: fault.reason) }
  }
}
