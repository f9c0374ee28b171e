import Video

/// Clips side by side on one sheet: a row a clip, a column a frame, what was asked for above each row.
public enum ContactSheet {
  /// Draws the sheet.
  ///
  /// - Parameters:
  ///   - rows: the frames of each clip, all of one size; rows may differ in length.
  ///   - captions: one text a row, drawn above it; nil for none.
  ///   - scale: how many pixels a frame's pixel becomes, across and down. By default small frames are enlarged by the
  ///     least whole factor that makes their longer side 96 pixels, and frames beyond 384 are reduced by a whole one.
  ///   - gap: pixels of the line around and between frames.
  public static func picture(
    rows: [[Picture]], captions: [String]? = nil, scale: Int? = nil, gap: Int = 2
  ) -> Picture {
    precondition(rows.contains { !$0.isEmpty }, "a contact sheet needs a frame")
    precondition(captions == nil || captions!.count == rows.count, "a contact sheet has one caption a row")
    precondition(scale ?? 1 > 0 && gap >= 0, "the scale must be positive and the gap not negative")
    let first = rows.lazy.joined().first!
    precondition(
      rows.joined().allSatisfy { $0.width == first.width && $0.height == first.height },
      "the frames of a contact sheet are of one size")

    let fit = Fit(longerSide: max(first.width, first.height), scale: scale)
    let (width, height) = fit.size(of: first)
    let columns = rows.map(\.count).max()!
    let sheetWidth = 2 * margin + gap + columns * (width + gap)
    let texts = rows.indices.map { row in
      PixelText(captions?[row] ?? "", width: sheetWidth - 2 * margin, scale: sheetWidth < 360 ? 1 : 2)
    }
    let heights = texts.map { text in text.height + (text.lines.isEmpty ? 0 : textGap) + 2 * gap + height }
    let sheetHeight = heights.reduce(0, +) + (rows.count - 1) * rowGap + 2 * margin

    var sheet = Picture(width: sheetWidth, height: sheetHeight, fill: paper)
    var top = margin
    for (row, frames) in rows.enumerated() {
      texts[row].draw(into: &sheet, x: margin, y: top, ink: ink)
      let strip = top + heights[row] - 2 * gap - height
      sheet.fill(
        x: margin, y: strip, width: gap + frames.count * (width + gap), height: height + 2 * gap, with: line)
      for (column, frame) in frames.enumerated() {
        sheet.paste(fit.picture(frame), x: margin + gap + column * (width + gap), y: strip + gap)
      }
      top += heights[row] + rowGap
    }
    return sheet
  }

  /// Pixels around the sheet, between rows, and between a caption and its frames.
  static let margin = 12, rowGap = 14, textGap = 4

  /// Light paper, so that the sheet prints; a line that shows where white and black frames end.
  static let paper: (r: UInt8, g: UInt8, b: UInt8) = (246, 246, 244)
  static let line: (r: UInt8, g: UInt8, b: UInt8) = (150, 152, 156)
  static let ink: (r: UInt8, g: UInt8, b: UInt8) = (32, 34, 38)
}

/// By which whole factor frames are enlarged or reduced.
private struct Fit {
  /// One of the two is 1.
  let enlargement: Int, reduction: Int

  init(longerSide: Int, scale: Int?) {
    enlargement = scale ?? max(1, (96 + longerSide - 1) / longerSide)
    reduction = scale == nil ? max(1, (longerSide + 383) / 384) : 1
  }

  func size(of picture: Picture) -> (width: Int, height: Int) {
    (
      max(1, picture.width / reduction) * enlargement,
      max(1, picture.height / reduction) * enlargement
    )
  }

  func picture(_ frame: Picture) -> Picture {
    if reduction > 1 { return frame.reduced(by: reduction) }
    return enlargement > 1 ? frame.enlarged(by: enlargement) : frame
  }
}
