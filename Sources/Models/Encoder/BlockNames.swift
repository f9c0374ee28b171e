import Layers

/// Where the parameters of a block lie in a published file.
struct BlockNames {
  /// A projection's weight, and its bias if it has one.
  struct Projection {
    let weight: Scope
    let bias: (scope: Scope, name: String)?

    /// A bias beside the weight.
    init(_ scope: Scope) { self.init(weight: scope, bias: (scope, "bias")) }

    init(weight: Scope, bias: (scope: Scope, name: String)?) {
      self.weight = weight
      self.bias = bias
    }
  }

  let attentionNorm: Scope, feedForwardNorm: Scope
  let query: Projection, key: Projection, value: Projection, output: Projection
  let widen: Scope, narrow: Scope

  init(_ scope: Scope, _ layout: BlockLayout) {
    switch layout {
    case .videoMAE:
      let attention = scope("attention")("attention")
      attentionNorm = scope("layernorm_before")
      query = Projection(weight: attention("query"), bias: (attention, "q_bias"))
      key = Projection(weight: attention("key"), bias: nil)
      value = Projection(weight: attention("value"), bias: (attention, "v_bias"))
      output = Projection(scope("attention")("output")("dense"))
      feedForwardNorm = scope("layernorm_after")
      (widen, narrow) = (scope("intermediate")("dense"), scope("output")("dense"))
    case .vJEPA2:
      let attention = scope("attention")
      attentionNorm = scope("norm1")
      query = Projection(attention("query"))
      key = Projection(attention("key"))
      value = Projection(attention("value"))
      output = Projection(attention("proj"))
      feedForwardNorm = scope("norm2")
      (widen, narrow) = (scope("mlp")("fc1"), scope("mlp")("fc2"))
    case .vJEPA2Pooler:
      let attention = scope("self_attn")
      attentionNorm = scope("layer_norm1")
      query = Projection(attention("q_proj"))
      key = Projection(attention("k_proj"))
      value = Projection(attention("v_proj"))
      output = Projection(attention("out_proj"))
      feedForwardNorm = scope("layer_norm2")
      (widen, narrow) = (scope("mlp")("fc1"), scope("mlp")("fc2"))
    }
  }
}
