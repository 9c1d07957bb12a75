package web

import (
	"net/url"
	"strings"
	"testing"
)

// Somebody who is asked has applied for nothing: the pages do not speak of an application
// of theirs, say what they are asked about and what silence means, and offer nothing to
// take back.
func TestWhoIsAskedReadsWhatAbout(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for lang, says := range map[string][]string{
		"kk": {"Сізден жауап сұралады", "Сізден не сұралады", "үндемегеніңіз жауап болып саналмайды", "60"},
		"ru": {"Вас просят ответить", "О чём вас спрашивают", "молчание ответом не считается", "60"},
		"en": {"You are asked to answer", "What you are asked about", "silence counts as none", "60"},
	} {
		page := ask(s, "applicant", "/"+lang+"/cases/AQ-ASKD-0001", nil).Body.String()
		step := ask(s, "applicant", "/"+lang+"/cases/AQ-ASKD-0001/step", nil).Body.String()
		for i, text := range says {
			if !strings.Contains(page, text) || i > 0 && !strings.Contains(step, text) {
				t.Errorf("%s does not say %q", lang, text)
			}
		}
		for _, text := range []string{"cases/AQ-ASKD-0001/withdraw", "Your answers", "Ваше заявление зарегистрировано", "Өтінішіңіз тіркелді"} {
			if strings.Contains(page, text) {
				t.Errorf("%s says %q", lang, text)
			}
		}
	}
	if other := ask(s, "applicant", "/en/cases/AQ-OPEN-0001", nil).Body.String(); strings.Contains(other, "asked to answer") || !strings.Contains(other, "Your answers") {
		t.Error("who has applied is asked")
	}
}

// Who asks what it would take and leaves the power out is told to give it.
func TestAWishWithoutPower(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	missing := ask(s, "", "/en/capacity/points?parcel=99-999-035-009&kw=", nil).Body.String()
	wrong := ask(s, "", "/en/capacity/points?parcel=99-999-035-009&kw=much", nil).Body.String()
	if !strings.Contains(missing, "Answer this question") || strings.Contains(missing, "not in the expected form") || !strings.Contains(wrong, "not in the expected form") {
		t.Error("what is missing is not told from what is wrong")
	}
}

// TestAParcelOfTheMapIsAppliedFor: a parcel that was pressed on the map fills its number
// in, the points of a place say which parcel it lies in, and the application begins with
// the parcel and the power that were asked about.
func TestAParcelOfTheMapIsAppliedFor(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	if page := ask(s, "", "/en/capacity/map?at=71.42,51.11&zoom=17", nil).Body.String(); !strings.Contains(page, `<a href="/en/capacity/points?parcel=99-999-030-045" tabindex="-1" aria-label="parcel 99-999-030-045, 900 m²"><path class="map__plot"`) ||
		!strings.Contains(page, "There are more than 60 parcels here") {
		t.Error("the map without a script draws no parcel to press")
	}
	if page := ask(s, "", "/en/capacity/map?at=71.42,51.11&zoom=15", nil).Body.String(); !strings.Contains(page, "Parcels show once the map is near enough") || strings.Contains(page, "map__plot") {
		t.Error("from afar it does not say that one must go nearer")
	}
	if page := ask(s, "", "/en/capacity/points?parcel=99-999-030-045", nil).Body.String(); !strings.Contains(page, `value="99-999-030-045"`) || strings.Contains(page, "Answer this question") {
		t.Error("the number is not filled in")
	}
	said := ask(s, "", "/en/capacity/points?at=71.42,51.11&kw=60", nil).Body.String()
	const to = "/en/apply/energy.connection/questions/parcel?load=60&amp;parcel=99-999-033-049"
	if !strings.Contains(said, "This place lies here: parcel 99-999-033-049, 900 m²") || !strings.Contains(said, `href="`+to+`"`) {
		t.Error("the place is not of its parcel")
	}
	if said := ask(s, "", "/en/capacity/points?at=60,51&kw=60", nil).Body.String(); !strings.Contains(said, "There is no parcel here or within 15 metres") {
		t.Error("a place without a parcel")
	}
	path := strings.ReplaceAll(to, "&amp;", "&")
	if page := ask(s, "applicant", path, nil).Body.String(); !strings.Contains(page, `value="99-999-033-049"`) || !strings.Contains(page, `<input type="hidden" name="answer-load" value="60">`) {
		t.Error("the application does not begin with the parcel and the power")
	}
	ask(s, "applicant", path, url.Values{"parcel": {"99-999-033-049"}, "answer-load": {"60"}, "answer-nothing": {"x"}})
	draft := f.drafts[draftKey("900101300017", "energy.connection")]
	if draft["parcel"] != "99-999-033-049" || draft["load"] != "60" || len(draft) != 2 {
		t.Errorf("the draft is %v", draft)
	}
}

// TestTheDaysThatBindAreShown: by which source, and what was withdrawn by which offices, in
// figures and as a picture with its table.
func TestTheDaysThatBindAreShown(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	page := ask(s, "", "/en/capacity/7", nil).Body.String()
	for _, says := range []string{"Days that bind", "Publications that bind: 25; withdrawn: 5.", "Asked for, not decided yet", "24.5\u00a0kW, applications: 3", "it was not in the network then", "source at bus 0", "source at bus 1", "ПС 110/10", "signed by: ", "meters KZ-0042, KZ-0107, entry 88", "Binds: source at bus 1", `id="binding-chart-title"`} {
		if !strings.Contains(page, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
}
