namespace Tongxiang.Server.Demo;

/// <summary>Names of people as they are met: surnames by frequency, given names by sex and generation, now and then a character beyond the basic plane.</summary>
public static class Names
{
    /// <summary>Frequency per mille of the surnames named; the rest of the mille goes to <see cref="OtherSurnames"/>.</summary>
    private static readonly string[] Surnames =
    [
        "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高", "罗",
        "郑", "梁", "谢", "宋", "唐", "许", "韩", "邓", "冯", "曹", "彭", "曾", "肖", "田", "董", "潘", "袁", "蔡", "蒋", "余",
    ];

    private static ReadOnlySpan<int> SurnameWeights =>
    [
        72, 70, 65, 53, 45, 31, 23, 21, 20, 20, 14, 14, 13, 13, 12, 12, 11, 11, 10, 9,
        9, 8, 8, 8, 7, 7, 7, 7, 6, 6, 6, 5, 5, 5, 5, 5, 5, 5, 5, 5, 340,
    ];

    private static readonly string[] OtherSurnames =
    [
        "于", "杜", "叶", "程", "魏", "苏", "吕", "丁", "沈", "任", "姚", "卢", "傅", "钟", "姜", "崔", "谭", "廖", "范", "汪", "陆", "金", "石", "戴", "贾",
        "韦", "夏", "邱", "方", "侯", "邹", "熊", "孟", "秦", "白", "江", "阎", "薛", "尹", "段", "雷", "黎", "史", "龙", "陶", "贺", "顾", "毛", "郝", "龚",
        "邵", "万", "钱", "严", "覃", "武", "戚", "莫", "孔", "向", "汤", "温", "康", "施", "文", "牛", "樊", "葛", "邢", "安", "齐", "易", "乔", "伍", "庞",
        "颜", "倪", "庄", "聂", "章", "鲁", "岳", "翟", "殷", "詹", "申", "欧", "耿", "关", "兰", "焦", "俞", "左", "柳", "甘", "祝", "包", "宁", "尚", "符",
        "欧阳", "上官", "司马", "诸葛", "令狐", "皇甫", "尉迟", "司徒", "夏侯", "慕容",
    ];

    private static readonly string[] OldMen = ["建", "国", "志", "明", "德", "福", "永", "贵", "军", "华", "忠", "林", "平", "强", "生", "祥", "荣", "宝", "文", "玉", "金", "庆", "成", "友", "清", "树", "根", "发", "海", "山"];
    private static readonly string[] OldWomen = ["秀", "英", "桂", "兰", "玉", "珍", "芳", "凤", "淑", "华", "梅", "香", "翠", "莲", "琴", "霞", "云", "素", "春", "美", "菊", "月", "娥", "爱", "红", "彩", "金", "花", "荣", "惠"];
    private static readonly string[] MidMen = ["伟", "强", "磊", "军", "勇", "杰", "涛", "超", "刚", "波", "辉", "鹏", "斌", "浩", "峰", "俊", "凯", "飞", "洋", "健", "宁", "东", "亮", "龙", "晓", "志", "海", "文", "建", "明"];
    private static readonly string[] MidWomen = ["丽", "静", "敏", "艳", "娟", "燕", "玲", "婷", "雪", "慧", "娜", "倩", "莉", "蕾", "颖", "琳", "洁", "晶", "莹", "丹", "佳", "欣", "文", "晓", "海", "春", "红", "梦", "雅", "思"];
    private static readonly string[] NewMen = ["浩", "宇", "轩", "子", "泽", "睿", "博", "晨", "铭", "俊", "奕", "辰", "沐", "宸", "景", "行", "嘉", "言", "知", "远", "承", "逸", "皓", "然", "一", "诺", "航", "瑞", "霖", "衡"];
    private static readonly string[] NewWomen = ["梓", "涵", "萱", "诗", "雨", "欣", "怡", "若", "汐", "沐", "清", "语", "芯", "彤", "可", "馨", "念", "瑶", "安", "然", "舒", "窈", "霏", "桐", "知", "夏", "予", "乐", "书", "宁"];

    /// <summary>Characters of real names that lie beyond the basic plane: two UTF-16 units, four bytes in UTF-8 and in GB 18030.</summary>
    public static IReadOnlyList<string> Rare { get; } = ["𠮷", "𬭚", "𫖮", "𪟝", "𬱖", "𫘧", "𬀩", "𬎆", "𬘭", "𬭩", "𬜬", "𫍽", "𬍛", "𬣙", "𪻐", "𪛖"];

    public static string Surname(ref Chance chance)
    {
        var at = chance.Weighted(SurnameWeights);
        return at < Surnames.Length ? Surnames[at] : OtherSurnames[chance.Below(OtherSurnames.Length)];
    }

    public static string Given(bool isMale, int birthYear, ref Chance chance)
    {
        var letters = birthYear < 1968 ? (isMale ? OldMen : OldWomen) : birthYear < 2000 ? (isMale ? MidMen : MidWomen) : isMale ? NewMen : NewWomen;
        var first = chance.Of<string>(letters);
        // One name in about four hundred cannot be written within the basic plane.
        if (chance.Hits(1, 400)) return chance.Hits(1, 2) ? Rare[chance.Below(Rare.Count)] : first + Rare[chance.Below(Rare.Count)];
        if (chance.Hits(birthYear is >= 1968 and < 2000 ? 38 : 16, 100)) return first;
        var second = chance.Of<string>(letters);
        return second == first && birthYear < 1985 ? first : first + second;
    }

    public static string Person(bool isMale, int birthYear, ref Chance chance) => Surname(ref chance) + Given(isMale, birthYear, ref chance);
}
