internal import CSodium

/// A number modulo L, the order of Ed25519's base point, wiped after use.
struct Scalar {
  /// Bytes in a scalar.
  static let byteCount = 32

  private let value: SecretBytes

  /// Reduces 64 bytes.
  init(reducing wide: SecretBytes) {
    precondition(wide.count == 2 * Self.byteCount, "a scalar is reduced from 64 bytes")
    unsafe value = SecretBytes(count: Self.byteCount) { target in
      unsafe wide.withPointer { source in
        // libsodium declares its input mutable; it gets a copy of its own.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: wide.count) { copy in
          guard let address = copy.baseAddress else { return }
          unsafe address.initialize(from: source, count: wide.count)
          unsafe crypto_core_ed25519_scalar_reduce(target, address)
          unsafe sodium_memzero(address, wide.count)
        }
      }
    }
  }

  /// Takes 32 bytes as they are.
  init(copying bytes: Span<UInt8>) {
    precondition(bytes.count == Self.byteCount, "a scalar has 32 bytes")
    value = SecretBytes(bytes)
  }

  private init(_ value: SecretBytes) { self.value = value }

  var bytes: [UInt8] { value.withSpan { span in span.indices.map { span[$0] } } }

  /// The point this × B.
  ///
  /// A zero scalar, which no hash gives, has the neutral point.
  func timesBase() -> Bytes32 {
    unsafe Bytes32 { target in
      unsafe value.withPointer { scalar in
        _ = unsafe crypto_scalarmult_ed25519_base_noclamp(target, scalar)
      }
    }
  }

  func times(_ other: Scalar) -> Scalar {
    unsafe Scalar(
      SecretBytes(count: Self.byteCount) { target in
        unsafe value.withPointer { one in
          unsafe other.value.withPointer { two in
            unsafe crypto_core_ed25519_scalar_mul(target, one, two)
          }
        }
      })
  }

  func plus(_ other: Scalar) -> Scalar {
    unsafe Scalar(
      SecretBytes(count: Self.byteCount) { target in
        unsafe value.withPointer { one in
          unsafe other.value.withPointer { two in
            unsafe crypto_core_ed25519_scalar_add(target, one, two)
          }
        }
      })
  }
}
