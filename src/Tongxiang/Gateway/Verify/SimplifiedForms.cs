using System.Collections.Frozen;

namespace Tongxiang.Gateway.Verify;

/// <summary>Traditional characters that are common in names, each with its one simplified form; characters with two readings are left alone.</summary>
internal static class SimplifiedForms
{
    private const string pairs =
        "張张陳陈劉刘趙赵黃黄吳吴孫孙馬马楊杨許许鄭郑謝谢韓韩馮冯鄧邓蔣蒋葉叶蘇苏盧卢賈贾鄒邹譚谭陸陆賴赖龔龚範范鐘钟鍾钟顧顾龍龙萬万錢钱湯汤賀贺嚴严齊齐龐庞喬乔聶聂歐欧陽阳諸诸蕭萧閻阎鮑鲍畢毕" +
        "偉伟國国華华強强軍军麗丽靜静傑杰濤涛艷艳紅红蘭兰鳳凤鵬鹏飛飞輝辉剛刚東东寶宝貴贵財财興兴榮荣義义禮礼誠诚賢贤聖圣書书學学詩诗語语雲云樂乐樹树嶺岭岡冈島岛灣湾濱滨潔洁瑩莹瓊琼環环瑤瑶綺绮綠绿純纯" +
        "維维繼继續续羅罗聰聪聲声肅肃臨临舉举藍蓝藝艺蓮莲薩萨衛卫覽览覺觉觀观訓训記记詠咏詳详調调論论譯译議议讓让豐丰貝贝貢贡費费貞贞賓宾賜赐躍跃車车軒轩載载輪轮農农運运達达遠远適适遷迁遼辽邁迈鄉乡" +
        "鈞钧銀银銘铭鋒锋錦锦鎮镇鐵铁長长門门開开關关閔闵聞闻際际隨随電电韋韦韜韬順顺領领頌颂顏颜願愿風风養养駿骏駒驹騰腾驥骥魯鲁鮮鲜鳥鸟鴻鸿鵑鹃鶴鹤鷹鹰麥麦黨党億亿儀仪優优倫伦傳传來来兒儿亞亚產产從从" +
        "眾众會会俠侠劍剑勵励勁劲動动務务勝胜勳勋勛勋區区協协單单參参啟启啓启團团園园圓圆圖图堅坚壽寿夢梦奮奋奧奥嫻娴嬌娇寧宁實实審审寬宽寵宠將将專专導导嵐岚帥帅師师廣广彌弥彥彦愛爱慶庆憲宪懷怀戀恋" +
        "戰战擇择揚扬撫抚時时晉晋曉晓曄晔暉晖暢畅楓枫業业極极樓楼標标橋桥機机權权歡欢歲岁歷历氣气漢汉溫温滄沧滿满潤润澤泽濟济買买瀾澜灝灏煒炜煥焕燁烨燦灿爾尔獻献獨独璽玺瑋玮瑪玛畫画異异當当盡尽監监碩硕" +
        "確确禎祯禪禅種种穎颖積积穩稳競竞筆笔節节簡简糧粮紀纪約约紋纹納纳紳绅細细紹绍終终組组結结絢绚絲丝經经綱纲綸纶綿绵緒绪緣缘練练縈萦縱纵繪绘繡绣";

    private static readonly FrozenDictionary<char, char> table =
        Enumerable.Range(0, pairs.Length / 2).ToFrozenDictionary(i => pairs[2 * i], i => pairs[2 * i + 1]);

    /// <summary>Number of characters with another form.</summary>
    public static int Count => table.Count;

    public static char Of(char sign) => table.GetValueOrDefault(sign, sign);
}
