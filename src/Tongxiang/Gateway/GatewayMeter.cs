using System.Diagnostics.Metrics;

namespace Tongxiang.Gateway;

/// <summary>Figures of calls for operators: answers, rows, stops by step and code, and how long the decision took.</summary>
internal static class GatewayMeter
{
    private static readonly Meter meter = new("tongxiang.gateway");
    private static readonly Counter<long> answers = meter.CreateCounter<long>("tongxiang.gateway.answers");
    private static readonly Counter<long> rows = meter.CreateCounter<long>("tongxiang.gateway.rows");
    private static readonly Counter<long> stops = meter.CreateCounter<long>("tongxiang.gateway.stops");
    private static readonly Histogram<double> seconds = meter.CreateHistogram<double>("tongxiang.gateway.duration", "s");

    public static void Answered(Call call, TimeSpan took)
    {
        answers.Add(1);
        rows.Add(call.Page?.Rows ?? 0);
        seconds.Record(took.TotalSeconds);
    }

    public static void Stopped(string step, string code) => stops.Add(1, new KeyValuePair<string, object?>("step", step), new KeyValuePair<string, object?>("code", code));
}
