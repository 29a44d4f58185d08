using System.Globalization;
using Tongxiang.Kernel;
using Tongxiang.Portal.Desk.Cases;

namespace Tongxiang.Portal.Incidents;

/// <summary>Instants in forms: a browser's local time is read as Beijing time, which is what the page says.</summary>
static class IncidentTime
{
    public static string Said(DateTimeOffset at) => at.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    /// <summary>The instant a form says; the minute of a time it showed stays the instant it stood for.</summary>
    public static DateTimeOffset? SaidInstant(this Visit visit, string name, DateTimeOffset? shown = null)
    {
        var text = visit.Said(name);
        if (shown is { } known && text == Said(known)) return known;
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), WorkCalendar.Offset) : null;
    }
}
