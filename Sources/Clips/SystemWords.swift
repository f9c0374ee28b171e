import Glibc

/// The system's words for an error number.
func systemWords(_ code: some BinaryInteger) -> String { String(cString: strerror(Int32(code))) }
