import ClipIndexing
import Video

/// Writes pictures as a clip of 25 frames a second.
package func writeClip(_ pictures: [Picture], to path: String, crf: Int = 20) throws {
  let writer = try VideoWriter(
    path: path, width: pictures[0].width, height: pictures[0].height, frameRate: 25, codec: .h264(crf: crf))
  for picture in pictures { try writer.append(picture) }
  try writer.finish()
}

/// The shots of a clip.
package func shots(of path: String) throws -> [Shot] {
  let line = try ClipExamination(name: path, limits: .standard).line(of: ClipFile(path: path))
  return line.shots ?? []
}

/// The frames at which shots begin, at 25 a second.
package func starts(of shots: [Shot]) -> [Int] { shots.map { Int(($0.start * 25).rounded()) } }
