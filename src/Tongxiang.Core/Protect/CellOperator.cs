using System.Buffers;

namespace Tongxiang.Core.Protect;

/// <summary>Turns the UTF-8 text of one cell into what may leave; called from many threads at once.</summary>
/// <param name="value">The value as the store holds it, never empty.</param>
/// <param name="to">Takes the protected text; it is read and emptied by whoever called.</param>
public delegate void CellOperator(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to);
