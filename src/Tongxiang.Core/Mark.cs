namespace Tongxiang.Core;

/// <summary>Names this assembly for whoever reads it by reflection.</summary>
public static class Mark;
