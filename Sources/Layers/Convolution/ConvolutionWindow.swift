import Tensors

/// How a convolution's kernel moves over a clip: its size, its steps, and the zeros around the clip, axis by axis.
public struct ConvolutionWindow: Sendable, Equatable {
  /// One axis: output o reads the places o·stride − before + tap, for each tap of the kernel.
  public struct Axis: Sendable, Equatable {
    /// Taps of the kernel.
    public let kernel: Int
    /// From one output to the next.
    public let stride: Int
    /// Zeros before the first place and behind the last.
    public let before: Int, after: Int

    /// An axis; by default its kernel is one tap, which changes nothing.
    public init(kernel: Int = 1, stride: Int = 1, before: Int = 0, after: Int = 0) {
      precondition(stride > 0 && before >= 0 && after >= 0, "a kernel moves forward over places")
      precondition(kernel >= stride, "a kernel of \(kernel) with stride \(stride) leaves places out")
      self.kernel = kernel
      self.stride = stride
      self.before = before
      self.after = after
    }

    /// The number of outputs for so many places; 0 when the kernel does not fit.
    public func outputs(_ places: Int) -> Int {
      let room = places + before + after - kernel
      return room < 0 ? 0 : room / stride + 1
    }
  }

  /// Time, and the two of a picture.
  public let frames: Axis, height: Axis, width: Axis

  /// A window of these axes; by default each is a single tap.
  public init(frames: Axis = Axis(), height: Axis = Axis(), width: Axis = Axis()) {
    self.frames = frames
    self.height = height
    self.width = width
  }

  /// One tap: each pixel by itself.
  public static let pointwise = ConvolutionWindow()
  /// 3 × 3 × 3, and no look at later frames: two zero frames in front, one zero around each picture.
  public static let causal = ConvolutionWindow(
    frames: Axis(kernel: 3, before: 2), height: Axis(kernel: 3, before: 1, after: 1),
    width: Axis(kernel: 3, before: 1, after: 1))
  /// 3 × 3 inside each frame.
  public static let picture = ConvolutionWindow(
    height: Axis(kernel: 3, before: 1, after: 1), width: Axis(kernel: 3, before: 1, after: 1))
  /// 3 × 3 inside each frame at every other pixel, with a zero right and below: height and width are halved.
  public static let halvedPicture = ConvolutionWindow(
    height: Axis(kernel: 3, stride: 2, after: 1), width: Axis(kernel: 3, stride: 2, after: 1))
  /// Three frames up to this one, each pixel by itself.
  public static let time = ConvolutionWindow(frames: Axis(kernel: 3, before: 2))
  /// Three frames up to every other one, from the third on.
  public static let halvedTime = ConvolutionWindow(frames: Axis(kernel: 3, stride: 2))

  /// Taps of the kernel, kt·kh·kw.
  public var taps: Int { frames.kernel * height.kernel * width.kernel }
  /// The grid of outputs for a clip of this grid.
  public func outputs(of grid: TokenGrid) -> TokenGrid {
    TokenGrid(
      frames: frames.outputs(grid.frames), height: height.outputs(grid.height),
      width: width.outputs(grid.width))
  }
}

/// The part of a window's taps that one class of places meets.
///
/// Forward there is one class. Backward, place i = stride·q + residue of the input meets output o wherever
/// o·stride − before + tap = i, which are the taps that leave residue + before − tap divisible by the stride, at
/// o = q + (residue + before − tap) / stride: consecutive outputs again. So the gradient of the input is, for each residue,
/// a convolution of the output's gradient with some of the taps, in reverse.
struct TapClass {
  /// Places of this class lie at spacing·q + residue.
  let residue: Int, spacing: Int
  /// Place q reads the sources step·q + first and on, one for each tap.
  let step: Int, first: Int
  /// The taps in the order of their sources.
  let taps: [Int]

  /// All outputs.
  static func forward(_ axis: ConvolutionWindow.Axis) -> TapClass {
    TapClass(
      residue: 0, spacing: 1, step: axis.stride, first: -axis.before, taps: Array(0..<axis.kernel))
  }

  /// Each class of the input's places.
  static func backward(_ axis: ConvolutionWindow.Axis) -> [TapClass] {
    (0..<axis.stride).map { residue in
      let taps = (0..<axis.kernel).filter { (residue + axis.before - $0) % axis.stride == 0 }
      let first = taps.last.map { (residue + axis.before - $0) / axis.stride } ?? 0
      return TapClass(
        residue: residue, spacing: axis.stride, step: 1, first: first, taps: taps.reversed())
    }
  }

  /// How many of so many places are of this class.
  func count(_ places: Int) -> Int { max(0, (places - residue + spacing - 1) / spacing) }
}
