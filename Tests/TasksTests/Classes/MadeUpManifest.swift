import Manifests
import Video

/// A manifest of clips with these labels, named by their places.
func manifest(_ labels: [String?], _ path: String = "train.jsonl", motions: [String] = []) -> Manifest {
  Manifest(
    path: path,
    entries: labels.enumerated().map { index, label in
      ClipEntry(
        index: index, file: ClipFile(path: "\(index).mp4"), name: "\(index).mp4", caption: "", label: label,
        attributes: motions.isEmpty ? [:] : ["motion": motions[index]])
    })
}
