using Microsoft.AspNetCore.Components;

namespace Tongxiang.Portal.Kit;

/// <summary>Writes SVG text: Razor keeps <c>text</c> for itself.</summary>
static class Svg
{
    public static RenderFragment Text(string css, double x, double y, string words) => b =>
    {
        b.OpenElement(0, "text");
        b.AddAttribute(1, "class", css);
        b.AddAttribute(2, "x", ChartScale.N(x));
        b.AddAttribute(3, "y", ChartScale.N(y));
        b.AddContent(4, words);
        b.CloseElement();
    };

    /// <summary>The words a browser shows under the pointer, and the upgraded chart reads.</summary>
    public static RenderFragment Title(string words) => b =>
    {
        b.OpenElement(0, "title");
        b.AddContent(1, words);
        b.CloseElement();
    };
}
