use super::*;
use proptest::prelude::*;

#[test]
fn ids_of_both_downloaders_are_taken_off_the_title() {
    for (stem, title) in [
        ("Deep Learning (4K slides)-512930109", "Deep Learning (4K slides)"),
        (
            "SIGMORPHON 2020 Shared Task 0 - Typologically Diverse Morphological Inflection-434566251",
            "SIGMORPHON 2020 Shared Task 0 - Typologically Diverse Morphological Inflection",
        ),
        ("Attention [38972123]", "Attention"),
        ("Attention [RMraDYN5ozA_]", "Attention"),
        ("Attention-RMraDYN5ozA_", "Attention"),
        ("Never Gonna-dQw4w9WgXcQ", "Never Gonna"),
        ("Hyphens-a-b_C-d3F-G9", "Hyphens"),
        ("Two hyphens--bcdEfg_h1-", "Two hyphens"),
        ("Lecture [01234567-89ab-cdef-0123-456789abcdef]", "Lecture"),
    ] {
        assert_eq!(title_of_media(stem).as_deref(), Some(title), "{stem}");
    }
}

#[test]
fn words_and_years_at_the_end_stay_in_the_title() {
    for stem in [
        "Attention is all you need",
        "State of the art-2020",
        "Opening session-20200426",
        "A talk [Invited]",
        "A talk [Masterclass]",
        "Graphs-and-understanding",
        "Meeting-neurips2020",
        "Ünïcödé–1234567",
    ] {
        assert_eq!(title_of_media(stem).as_deref(), Some(stem), "{stem}");
    }
}

#[test]
fn names_that_say_nothing_are_no_title() {
    for stem in ["audio", "38930109", "Video", "", "  ", "001"] {
        assert_eq!(title_of_media(stem), None, "{stem}");
    }
}

#[test]
fn folders_of_every_tool_have_readable_titles() {
    for (name, title) in [
        ("38930109-deep-learning-4k-slides", "Deep learning 4k slides"),
        ("38930109_deep-learning", "Deep learning"),
        ("talk_38930109_Deep Learning", "Deep Learning"),
        ("deep-learning-38930109", "Deep learning"),
        ("38933066-", "38933066"),
        ("38933066", "38933066"),
        ("slide_38933066", "38933066"),
        ("slideslive_38933066_slides", "38933066"),
        ("38933066-slide-rules", "Slide rules"),
        ("38933066-my-talk?ref=account-60-latest", "My talk"),
        ("38933066-trailing-dots...", "Trailing dots"),
        ("My own folder - with hyphens", "My own folder - with hyphens"),
        ("øre-and-more", "Øre and more"),
        ("---", "---"),
    ] {
        assert_eq!(title_of_folder(name), title, "{name}");
    }
}

#[test]
fn the_talk_number_stands_alone() {
    assert_eq!(talk_number("38930109-deep"), Some("38930109"));
    assert_eq!(talk_number("talk_38930109_deep"), Some("38930109"));
    assert_eq!(talk_number("138930109-deep"), None);
    assert_eq!(talk_number("389301091"), None);
    assert_eq!(talk_number("28930109"), None);
}

#[test]
fn unfinished_downloads_and_films_of_slides_are_told_from_talks() {
    for name in [
        "a.m4a.part",
        "a.mp4.ytdl",
        "a.mp4.part-Frag12",
        "a.mp4.part-Frag12.part",
        "a.f140.m4a",
        "a.f251-drc.webm",
        "a.temp.mp4",
    ] {
        assert!(is_partial(name), "{name}");
    }
    for name in [
        "slides-video.mp4",
        "slides.mp4",
        "slides-out.mp4",
        "createdslides.mp4",
        "x-slides.mp4",
        "T - Slide 002 [38972123-002].mp4",
        "T_-_Slide_1002-[38972123-1002].mp4",
        "38972123-002.mp4",
    ] {
        assert!(is_derived(name), "{name}");
    }
    for name in [
        "a.m4a",
        "fast.food.m4a",
        "talk.f.m4a",
        "Party.mp3",
        "slides.m4a",
        "On - Slide rules [1].mp4",
        "On slide 002 [a-003].mp4",
        "Deep-2020.mp4",
        "12345-002.mp4",
        "Slides.of.f16.jets.mp4",
    ] {
        assert!(!is_partial(name) && !is_derived(name), "{name}");
    }
}

#[test]
fn a_query_in_a_name_hides_no_picture() {
    assert!(is_picture("00793.png?h=1080&f=png"));
    assert_eq!(split("00793.png?h=1080&f=png"), ("00793", "png".to_owned()));
    assert_eq!(split(".jpg"), (".jpg", String::new()));
}

#[test]
fn lists_are_told_from_talks_about_them() {
    for name in ["chapters.json", "Talk.Chapters.TXT", "wwa_chapters_en.vtt", "chapters_fg55.json", "chapters.en.vtt"] {
        assert!(is_list_of(name, "chapters"), "{name}");
    }
    for name in ["Chapter 3.vtt", "chapters of my life.vtt", "chapters-of-my-life.vtt", "captions_en.vtt", "", "a.b.c"]
    {
        assert!(!is_list_of(name, "chapters"), "{name}");
    }
}

#[test]
fn two_comes_before_ten() {
    let mut names = vec!["talk 10", "Talk 2", "talk 1", "talk 02", "talk", "10", "9", "talk 99999999999999999999999"];
    names.sort_by(|a, b| natural(a, b));
    assert_eq!(names, ["9", "10", "talk", "talk 1", "Talk 2", "talk 02", "talk 10", "talk 99999999999999999999999"]);
}

#[test]
fn a_title_is_most_like_its_own_slug() {
    let slug = "deep-learning-for-eo-data";
    assert!(likeness("Deep Learning for EO Data", slug) > likeness("Deep Sea Data", slug));
    assert_eq!(likeness("", ""), 0);
}

#[test]
fn saved_pages_belong_to_what_they_are_called_after() {
    for (name, stem) in [
        ("Med [1].slides.mhtml", "Med [1]"),
        ("Med [1].fvideo1-slides.mhtml", "Med [1]"),
        ("Med [1].chapter.mhtml", "Med [1]"),
        ("Med [1].mhtml", "Med [1]"),
        ("slides.mhtml", "slides"),
        ("Vol. 2 of my slides.mhtml", "Vol. 2 of my slides"),
        ("Med [1].slides.mp4", "Med [1].slides"),
    ] {
        assert_eq!(family_stem(name), stem, "{name}");
    }
}

proptest! {
    #[test]
    fn no_name_makes_these_panic(name in "\\PC{0,40}") {
        title_of_media(&name);
        is_partial(&name);
        is_derived(&name);
        prop_assert!(name.is_empty() || !title_of_folder(&name).is_empty());
    }

    #[test]
    fn the_natural_order_is_an_order(a in "[aAb0-9 ü]{0,6}", b in "[aAb0-9 ü]{0,6}", c in "[aAb0-9 ü]{0,6}") {
        prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
        prop_assert_eq!(natural(&a, &b).is_eq(), a == b);
        if natural(&a, &b).is_le() && natural(&b, &c).is_le() {
            prop_assert!(natural(&a, &c).is_le());
        }
    }
}
