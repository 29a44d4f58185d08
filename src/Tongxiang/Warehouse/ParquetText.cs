using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>Reads a Parquet file that someone delivered as CSV text, every value in its own text form.</summary>
public static class ParquetText
{
    public static void Write(Home home, string parquet, string csv)
    {
        using var duck = new Duck(home);
        duck.Run($"copy (select columns(*)::varchar from {Duck.Parquet(parquet)}) to {Duck.Text(csv)} (format csv, header true)");
    }
}
