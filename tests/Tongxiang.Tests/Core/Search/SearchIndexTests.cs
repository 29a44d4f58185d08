using CsCheck;
using Tongxiang.Core.Search;

namespace Tongxiang.Tests.Core.Search;

public sealed class SearchIndexTests(SearchIndexTests.Catalogue catalogue) : IClassFixture<SearchIndexTests.Catalogue>
{
    public sealed class Catalogue
    {
        public Catalogue() => Index.Replace(Corpus.Make(26_000));

        public SearchIndex Index { get; } = new(Synonyms.Government);
    }

    [Theory]
    [InlineData("停车", "停车场泊位信息", "", Rung.Phrase)]
    [InlineData("停车位", "泊位", "", Rung.Phrase)]
    [InlineData("养老院", "敬老服务设施名录", "", Rung.Phrase)]
    [InlineData("空气质量", "环境空气质量监测数据", "", Rung.Phrase)]
    [InlineData("南湖区 行政处罚 2019", "行政处罚决定信息", "2019", Rung.Any)]
    [InlineData("学校招生", "中小学校年度招生计划", "", Rung.Any)]
    [InlineData("公交站", "公共交通站点信息", "", Rung.Phrase)]
    [InlineData("GDP", "地区GDP季度核算", "", Rung.Phrase)]
    [InlineData("医院床位数量", "医疗机构床位统计", "", Rung.Any)]
    [InlineData("房价", "商品房成交均价", "", Rung.Phrase)]
    public void The_judged_queries_answer_rightly_on_the_first_page(string typed, string concept, string year, Rung rung)
    {
        var answer = catalogue.Index.Find(new SearchQuery(typed) { Limit = 10 });

        Assert.Equal(rung, answer.Rung);
        Assert.Equal(10, answer.Hits.Count);
        Assert.All(answer.Hits, hit => Assert.Contains(concept, hit.Document.Title));
        Assert.All(answer.Hits, hit => Assert.Contains(year, hit.Document.Title));
    }

    [Fact]
    public void A_synonym_that_found_something_is_told()
    {
        var answer = catalogue.Index.Find(new SearchQuery("公交"));

        Assert.Contains(new AppliedSynonym("公交", "公共交通"), answer.Synonyms);
        Assert.Contains("公共交通", answer.Words);
        Assert.DoesNotContain(answer.Synonyms, s => s.To == "公交车");
    }

    [Theory]
    [InlineData("tccbw", "停车场泊位信息")]
    [InlineData("kqzl", "环境空气质量监测数据")]
    public void Pinyin_initials_find_titles(string typed, string concept)
    {
        var answer = catalogue.Index.Find(new SearchQuery(typed));

        Assert.Equal(Rung.Initials, answer.Rung);
        Assert.All(answer.Hits, hit => Assert.Contains(concept, hit.Document.Title));
    }

    [Fact]
    public void The_shares_of_the_fields_add_up_to_the_score()
    {
        var hit = catalogue.Index.Find(new SearchQuery("停车场 泊位")).Hits[0];

        Assert.Equal(hit.Score, hit.Shares.Sum(share => share.Score), 3);
        Assert.Equal(SearchField.Title, hit.Shares.MaxBy(share => share.Score).Field);
    }

    [Fact]
    public void A_facet_ignores_its_own_choice_when_counting_and_obeys_the_others()
    {
        var all = catalogue.Index.Find(new SearchQuery("停车"));
        var some = catalogue.Index.Find(new SearchQuery("停车")
        {
            Selected = new Dictionary<string, IReadOnlyCollection<string>> { ["year"] = ["2018"], ["open"] = ["conditional"] },
        });

        int Of(SearchAnswer answer, string facet, string value) => answer.Facets.Single(f => f.Name == facet).Values.SingleOrDefault(v => v.Value == value).Count;
        Assert.Equal(Of(some, "year", "2018"), some.Total);
        Assert.True(Of(some, "year", "2019") > 0);
        Assert.InRange(Of(some, "year", "2019"), 1, Of(all, "year", "2019") - 1);
        Assert.InRange(Of(some, "open", "open"), Of(some, "open", "conditional") + 1, Of(all, "open", "open"));
        Assert.True(some.Facets.Single(f => f.Name == "year").Values.Single(v => v.Value == "2018").Chosen);
        Assert.True(some.Total < all.Total);
    }

    [Fact]
    public void What_must_hold_is_never_answered_around()
    {
        var must = catalogue.Index.Find(new SearchQuery("停车") { Must = [new Facet("open", "conditional")] });

        Assert.All(must.Hits, hit => Assert.Contains(new Facet("open", "conditional"), hit.Document.Facets));
        Assert.All(catalogue.Index.Suggest("停车", 20, [new Facet("open", "none")], "theme"), s => Assert.Fail(s.Text));
    }

    [Theory]
    [InlineData("交通", "theme", "交通运输")]
    [InlineData("jtys", "theme", "交通运输")]
    public void Typing_suggests_themes(string typed, string kind, string text) =>
        Assert.Contains(catalogue.Index.Suggest(typed, 8, [], "theme"), s => s.Kind == kind && s.Text == text && s.Count > 100);

    [Fact]
    public void One_letter_suggests_nothing() => Assert.Empty(catalogue.Index.Suggest("交", 8, [], "theme"));

    [Fact]
    public void Characters_beyond_the_basic_plane_and_single_characters_are_found()
    {
        var index = new SearchIndex(Synonyms.None);
        index.Replace([new("a", "𠮷𡈽村户籍"), new("b", "吉土村户籍"), new("c", "ＧＤＰ　核算"), new("d", "龘")]);

        string Keys(string typed) => string.Join(',', index.Find(new SearchQuery(typed) { Enough = 1 }).Hits.Select(h => h.Document.Key));
        Assert.Equal("a", Keys("𠮷𡈽"));
        Assert.Equal("a", Keys("𡈽"));
        Assert.Equal("c", Keys("gdp"));
        Assert.Equal("d", Keys("龘"));
        Assert.Equal("a,b", Keys("籍"));
    }

    [Fact]
    public void Changes_are_seen_at_once_and_the_removed_are_gone()
    {
        var index = new SearchIndex(Synonyms.Government);
        index.Replace(Corpus.Make(2_000));
        index.Update([new("d0", "龙泉驿路灯杆体"), new("new", "龙泉驿窨井盖")], ["d1"]);

        Assert.Equal(2_000, index.Count);
        Assert.Equal(["d0", "new"], index.Find(new SearchQuery("龙泉驿") { Enough = 1 }).Hits.Select(h => h.Document.Key).Order());
        index.Update([], ["new", "d0"]);
        Assert.Equal(0, index.Find(new SearchQuery("龙泉驿") { Enough = 1 }).Total);
        index.Update(Corpus.Make(1_200), []);
        Assert.Equal(2_000, index.Count);
    }

    [Fact]
    public void A_character_with_several_readings_gives_several_spellings()
    {
        Assert.Contains("yx", Initials.Of("银行").Concat(Initials.Of("银杏")));
        Assert.Contains("yh", Initials.Of("银行"));
        Assert.Contains("cs", Initials.Of("长沙"));
        Assert.Equal("tccbw", Initials.Of("停车场泊位")[0]);
        Assert.Single(Initials.Of("长行重乐朝"));
    }

    [Fact]
    public void The_shipped_synonyms_are_many_and_symmetric()
    {
        Assert.True(Synonyms.Government.Count > 150);
        Assert.Contains(Synonyms.Government.Of("公交站牌"), v => v.To == "公共汽车站" && v.Text == "公共汽车站牌");
        Assert.Empty(Synonyms.Government.Of("gdpr"));
    }

    [Fact]
    public void Whatever_is_planted_is_found_by_any_part_of_it()
    {
        const string alphabet = "天地玄黄宇宙洪荒日月盈昃辰宿列张𠮷龘";
        var runes = alphabet.EnumerateRunes().Select(r => r.ToString()).ToArray();
        Gen.Select(Gen.OneOf(runes).Array[1, 8].Array[1, 12], Gen.Int[0, 1000], Gen.Int[0, 7], Gen.Int[1, 8]).Sample((titles, pick, from, length) =>
        {
            var index = new SearchIndex(Synonyms.None);
            index.Replace(titles.Select((title, i) => new SearchDocument($"{i:00}", string.Concat(title))));
            var planted = titles[pick % titles.Length];
            var start = from % planted.Length;
            var typed = string.Concat(planted.Skip(start).Take(length));

            var found = index.Find(new SearchQuery(typed) { Enough = 1, Limit = 100 });

            Assert.Equal(Rung.Phrase, found.Rung);
            var expected = titles.Select((title, i) => (Title: string.Concat(title), Key: $"{i:00}")).Where(t => t.Title.Contains(typed, StringComparison.Ordinal)).Select(t => t.Key);
            Assert.Equal(expected, found.Hits.Select(h => h.Document.Key).Order(StringComparer.Ordinal));
        }, iter: 2000);
    }

    [Fact]
    public void Any_text_is_cut_without_fault_and_into_its_own_parts()
    {
        Gen.String[0, 40].Sample(text =>
        {
            var folded = Tokens.Fold(text);
            var tokens = new List<Token>();
            Tokens.Cut(folded, true, tokens);
            Assert.All(tokens, token => Assert.True(token.Length > 0 && token.Start + token.Length <= folded.Length));
            Assert.Equal(folded, Tokens.Fold(folded));
        }, iter: 5000);
    }
}
