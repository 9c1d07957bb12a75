package web

import (
	"context"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/service"
)

// someGroups are two groups of kindergartens, one private.
func someGroups() []casework.GroupView {
	group := func(id string, private bool, places, taken, waiting int) casework.GroupView {
		return casework.GroupView{
			ID: id + "/kk-2023", Name: "kk-2023", Places: places, Taken: taken, Waiting: waiting, Unproven: waiting / 3, Entry: 60,
			Institution: casework.InstitutionView{ID: id, Title: aiqyn.Text{KK: "«Балапан» " + id, RU: "«Балапан» " + id, EN: "Balapan " + id}, Private: private, District: "711210000", Lat: 51.2, Lon: 71.4},
		}
	}
	far := group("kg-9", false, 25, 24, 7)
	far.Institution.Region, far.Institution.District = "110000000", "111000000"
	far.Institution.Lat, far.Institution.Lon = 51.1, 71.5
	year := group("kg-1", false, 25, 24, 7)
	year.Opens = "2026-07-01"
	return []casework.GroupView{year, group("kg-2", true, 20, 20, 12), far}
}

func (f *fake) groupsOf(svc aiqyn.ServiceID) []casework.GroupView {
	if svc == specialist {
		return timedGroups()
	}
	return someGroups()
}

// claimOf is the date of a former system, of whoever has a place or is stopped.
func claimOf(state casework.QueueState) *casework.ClaimView {
	switch state {
	case casework.QueueStopped:
		return &casework.ClaimView{Entry: 68, Table: 66, Source: "old-queue", Number: "812", Row: 813}
	case casework.QueueWaiting:
		return &casework.ClaimView{Entry: 68}
	}
	return nil
}

func (f *fake) Inversions(context.Context, aiqyn.ServiceID, casework.Page) (casework.List[casework.InversionView], error) {
	one := casework.InversionView{Entry: 71, Day: "2026-11-20", Group: someGroups()[0], Served: strings.Repeat("01", 16), Cause: "tier", Count: 12, First: strings.Repeat("02", 16)}
	bought := one
	bought.Cause, bought.Count = allocation.CauseUnexplained, 1
	list := []casework.InversionView{one, bought}
	for i, cause := range casework.OutsideCauses {
		if cause != allocation.CauseUnexplained {
			list = append(list, casework.InversionView{Entry: int64(70 - i), Day: "2026-11-19", Group: someGroups()[i%2], Cause: cause, Count: i + 1})
		}
	}
	return casework.List[casework.InversionView]{Items: list}, f.down
}

func (f *fake) Inverted(svc aiqyn.ServiceID) (v casework.Inverted) {
	if v.Rounds, v.Tier = 9, 12; svc == "education.kindergarten" {
		v.Unexplained, v.Uncounted, v.Since = 1, 2, 41
		for i, cause := range casework.OutsideCauses {
			if cause != allocation.CauseUnexplained {
				v.Outside = append(v.Outside, casework.CauseCount{Cause: cause, Count: int64(i + 1)})
			}
		}
	}
	return v
}

func (f *fake) MissedDays(svc *service.Service) []casework.MissedDays {
	if svc.ID != "education.kindergarten" {
		return nil
	}
	return []casework.MissedDays{{First: "2026-11-09", Last: "2026-11-11", Days: 3}, {First: "2026-10-02", Last: "2026-10-02", Days: 1}}
}

func (f *fake) Queues() []casework.QueueLine {
	return []casework.QueueLine{
		{Service: "education.kindergarten", Givers: 3, Places: 70, Free: 2, Waiting: 26, Unproven: 3, Given: 12, Rounds: 9, Weeks: 4, Last: "2026-11-20"},
		{Service: specialist, Timed: true, Givers: 1, Places: 8, Free: 3},
	}
}

func (f *fake) Places(svc aiqyn.ServiceID, by casework.PlaceFilter, p casework.Page) (list casework.List[casework.GroupView]) {
	for _, g := range f.groupsOf(svc) {
		if (by.District == "" || by.District == g.Institution.District) && strings.Contains(g.ID, by.Name) {
			if p.After != "" && g.ID <= p.After {
				continue
			}
			if n := len(list.Items); p.Limit > 0 && n == p.Limit {
				list.Next = list.Items[n-1].ID
				break
			}
			list.Items = append(list.Items, g)
		}
	}
	return list
}

func (f *fake) Place(svc aiqyn.ServiceID, id string) (casework.GroupView, error) {
	for _, g := range f.groupsOf(svc) {
		if g.ID == id {
			return g, nil
		}
	}
	return casework.GroupView{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

func giverOf(g casework.GroupView) casework.GiverView {
	return casework.GiverView{InstitutionView: g.Institution, Groups: 1, Places: g.Places, Free: g.Free(), Waiting: g.Waiting}
}

func (f *fake) Givers(svc aiqyn.ServiceID, by casework.PlaceFilter, _ casework.Page) (list casework.List[casework.GiverView]) {
	for _, g := range f.groupsOf(svc) {
		if g.Institution.Region != by.Elsewhere || by.Elsewhere == "" {
			list.Items = append(list.Items, giverOf(g))
		}
	}
	if f.nation {
		list.Items, list.Next = list.Items[:1], list.Items[0].ID
	}
	return list
}

func (f *fake) GiversOnMap(svc aiqyn.ServiceID, by casework.PlaceFilter) casework.List[casework.GiverView] {
	return f.Givers(svc, by, casework.Page{})
}

func (f *fake) Giver(svc aiqyn.ServiceID, id string) (casework.GiverView, bool) {
	for _, g := range f.groupsOf(svc) {
		if g.Institution.ID == id {
			return giverOf(g), true
		}
	}
	return casework.GiverView{}, false
}

func (f *fake) PlaceFacets(aiqyn.ServiceID) casework.PlaceFacets {
	return casework.PlaceFacets{Regions: []string{"110000000", "710000000"}, Districts: []string{"711210000"}, Languages: []string{"kk", "ru"}, Born: [][2]string{{"2022-01-01", "2022-12-31"}, {"2023-01-01", "2023-12-31"}}}
}

func someRound(day string, drawn bool) casework.RoundView {
	r := casework.RoundView{
		Name: "education.kindergarten/" + day, Day: day, Service: "education.kindergarten", Entry: 70, At: now, Applicants: 9, Groups: 1, Seats: 1,
		Root: strings.Repeat("ab", 32), Inputs: strings.Repeat("cd", 32), Rules: strings.Repeat("ef", 32), Beacon: "practice", Seed: 41, SeedDue: now,
	}
	if drawn {
		r.DrawnAt, r.Matched, r.File, r.Result, r.Value, r.Settled = 71, 1, r.Inputs, r.Root, r.Rules, true
	}
	return r
}

// someBrought are former queues: one that waits, one that was confirmed, one that was
// declined.
func someBrought() []casework.BroughtView {
	first := time.Date(2019, 3, 4, 9, 0, 0, 0, time.UTC)
	one := casework.BroughtView{
		Service: "education.kindergarten", Source: "old-queue", File: strings.Repeat("ab", 32), Rows: 812, Earliest: first, Latest: first.AddDate(5, 0, 0), Before: 640, Behind: 31,
		Entry: 66, At: now, State: casework.TableWaits,
	}
	yes, no := one, one
	yes.Entry, yes.State, yes.Answer = 61, casework.TableConfirmed, 62
	no.Entry, no.State, no.Answer, no.Ground = 63, casework.TableDeclined, 64, "This is another file"
	no.Earliest, no.Latest, no.Alone, no.Before, no.Behind = time.Time{}, time.Time{}, true, 0, 0
	return []casework.BroughtView{one, no, yes}
}

func (f *fake) Brought(context.Context, aiqyn.ServiceID) ([]casework.BroughtView, error) {
	return someBrought(), f.down
}

func (f *fake) BroughtWaits(context.Context, aiqyn.Actor) ([]casework.BroughtWaiting, error) {
	own := casework.BroughtWaiting{BroughtView: someBrought()[0], By: "overseer-01", Own: true}
	own.Entry = 69
	return []casework.BroughtWaiting{{BroughtView: someBrought()[0], By: "operator-01"}, own}, f.down
}

func (f *fake) Rounds(_ aiqyn.ServiceID, p casework.Page) (casework.List[casework.RoundView], error) {
	return casework.List[casework.RoundView]{Items: []casework.RoundView{someRound("2026-11-23", false), someRound("2026-11-20", true)}}, f.down
}

func (f *fake) Round(_ aiqyn.ServiceID, day string) (casework.RoundView, error) {
	switch day {
	case "2026-11-23", "2026-11-20":
		return someRound(day, day == "2026-11-20"), nil
	}
	return casework.RoundView{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

func (f *fake) RoundFile(context.Context, casework.RoundView) (file, result []byte, err error) {
	return []byte(`{"round":"x"}`), []byte(`{"result":[]}`), f.down
}

func (f *fake) PositionHistory(context.Context, aiqyn.Actor, aiqyn.Reference, string, casework.Page) (casework.List[casework.MoveView], error) {
	return casework.List[casework.MoveView]{Items: []casework.MoveView{
		{Entry: 71, At: now, Kind: casework.EventOffered, Step: -1, From: 8, Position: 7}, {Entry: 69, At: now, Kind: casework.EventRanked, Own: true, From: 31, Position: 8},
		{Entry: 68, At: now, Kind: casework.EventEntered, Step: 1, From: 30, Position: 31}, {Entry: 67, At: now, Kind: casework.EventHeld, Step: -1, From: 31, Position: 30},
		{Entry: 60, At: now, Kind: casework.EventEntered, Own: true, Position: 31},
	}}, f.down
}

func (f *fake) Forecast(_ context.Context, _ aiqyn.Actor, _ aiqyn.Reference, group string) (casework.ForecastView, error) {
	if group != "kg-1/kk-2023" {
		return casework.ForecastView{Weeks: 2}, f.down
	}
	return casework.ForecastView{Wait: allocation.Wait{Early: 3, Median: 5}, Known: true, Most: allocation.Horizon, Weeks: 26, Gone: 41, Came: 7}, f.down
}

func (f *fake) Elsewhere(_ context.Context, _ aiqyn.Actor, _ aiqyn.Reference, filter casework.PlaceFilter, _ casework.Page) (casework.List[casework.ElsewhereView], error) {
	list := casework.List[casework.ElsewhereView]{Next: "kg-9/kk-2023"}
	for _, g := range someGroups()[1:] {
		if filter.District == "" || filter.District == g.Institution.District {
			list.Items = append(list.Items, casework.ElsewhereView{Group: g, Position: 5})
		}
	}
	return list, f.down
}

func (f *fake) QueueMoves(context.Context, aiqyn.ServiceID, string, casework.Page) (casework.List[casework.MoveView], error) {
	return casework.List[casework.MoveView]{Items: []casework.MoveView{{Entry: 71, Kind: casework.EventOffered, Step: -1}}}, f.down
}

func (f *fake) RoundOutcome(_ context.Context, _ aiqyn.Actor, _ aiqyn.Reference, day string) (casework.RoundOutcome, error) {
	o := casework.RoundOutcome{Round: someRound(day, true), Pseudonym: strings.Repeat("01", 16), In: true, Leaf: allocation.Leaf{Line: `{"id":"01"}`}}
	for _, by := range []string{"tier", "date", "lottery", "seats", "quota", "points", "sibling", "holds", "one-in-four"} {
		o.Whys = append(o.Whys, casework.WhyView{Why: allocation.Why{Institution: "kg-1/kk-2023", Place: 7, Of: 9, By: by}, Group: someGroups()[0]})
	}
	o.Turn, o.Of = 7, 9
	cut := int64(11800)
	o.Whys[5].Points, o.Whys[5].Cut = 10148, &cut
	o.Whys = append(o.Whys, casework.WhyView{Why: allocation.Why{Institution: "kg-2/kk-2023", Place: 1, Of: 2, Admitted: true}, Group: someGroups()[1]})
	return o, f.down
}

func (f *fake) Seated(context.Context, aiqyn.Actor, aiqyn.ServiceID, casework.Page) (casework.List[casework.SeatedLine], error) {
	return casework.List[casework.SeatedLine]{Items: []casework.SeatedLine{
		{Ref: "AQ-QUEU-0002", Name: "О•••• А••••", Group: "kg-1/kk-2023", State: casework.QueueOffered, Until: now},
		{Ref: "AQ-QUEU-0004", Name: "С•••• Д••••", Group: "kg-1/kk-2023", State: casework.QueuePlaced, First: "2026-12-01"},
	}}, f.down
}

// ranked adds a case that waits by points, of a quota.
func (f *fake) ranked(add func(aiqyn.Reference, func(*casework.CaseView))) {
	svc, _ := f.pack.Service("education.university-place")
	g := someGroups()[0]
	g.Title, g.Closes = aiqyn.Text{KK: "Ақпараттық технологиялар", RU: "Информационные технологии", EN: "Information technology"}, "2026-07-20"
	add("AQ-QUEU-0006", func(c *casework.CaseView) {
		c.Service, c.Title, c.Step, c.Answers, c.Ruling, c.Draw, c.Due = svc, svc.Title, svc.Steps[0], nil, nil, nil, nil
		c.Status, c.StepState, c.Can = casework.StatusQueue, casework.StepWaiting, []string{"withdraw", "look-again"}
		c.Queue = &casework.QueueView{State: casework.QueueWaiting, First: now, Tier: &svc.Queue.Tiers[0], Points: 10148, Quotas: svc.Queue.Quotas[:1],
			Lines: []casework.LineView{{Group: g, Position: 7, Of: 40, Country: 40, CountryOf: 300, Alike: 2}}}
		for i, k := range svc.Queue.Points {
			c.Queue.Scores = append(c.Queue.Scores, casework.ScoreView{Criterion: k, Got: int64(48 + i), Sources: []casework.SourceView{{Register: "education.exams", Version: strings.Repeat("1", i), At: now}}})
		}
	})
}

const specialist = aiqyn.ServiceID("health.specialist")

// timedGroups are two specialists of a surgery; one has nothing free.
func timedGroups() []casework.GroupView {
	at := casework.InstitutionView{ID: "pol-1", Title: aiqyn.Text{KK: "№ 1 емхана", RU: "Поликлиника № 1", EN: "Surgery No. 1"}, District: "711210000", Address: "Қабанбай батыр, 5"}
	return []casework.GroupView{
		{ID: "pol-1/cardiologist", Name: "cardiologist", Title: aiqyn.Text{KK: "Жүрек дәрігері", RU: "Кардиолог", EN: "Cardiologist"}, Timed: true, Places: 24, Taken: 24, Waiting: 11, Entry: 61, Institution: at},
		{ID: "pol-1/kk-2023", Name: "kk-2023", Title: aiqyn.Text{KK: "Жалпы тәжірибелік дәрігер", RU: "Терапевт", EN: "General practitioner"}, Timed: true, Places: 36, Taken: 12, Waiting: 3, Entry: 62, Institution: at, Third: now.AddDate(0, 0, 2)},
	}
}

func someSlot(taken int) casework.SlotView {
	starts := now.Truncate(time.Hour).Add(50 * time.Hour)
	return casework.SlotView{ID: "pol-1/cardiologist/20261125T0900", Starts: starts, Ends: starts.Add(20 * time.Minute), Places: 1, Taken: taken, Entry: 61}
}

func (f *fake) OwnGroups(_ context.Context, viewer aiqyn.Actor) (aiqyn.ServiceID, []casework.GroupView, error) {
	if viewer.Body == "pol-1" {
		return specialist, timedGroups(), f.down
	}
	return "education.kindergarten", someGroups()[:1], f.down
}

func (f *fake) Slots(aiqyn.ServiceID, string, deadline.Date, deadline.Date, casework.Page) (casework.List[casework.SlotView], error) {
	free := someSlot(0)
	free.ID, free.Starts, free.Ends = "pol-1/cardiologist/20261125T0920", free.Ends, free.Ends.Add(20*time.Minute)
	return casework.List[casework.SlotView]{Items: []casework.SlotView{someSlot(1), free}}, f.down
}

func (f *fake) Bookings(ctx context.Context, who aiqyn.Actor, p casework.Page) (out casework.List[casework.BookingView], err error) {
	for _, ref := range []aiqyn.Reference{"AQ-SLOT-0001", "AQ-SLOT-0002"} {
		c, err := f.Case(ctx, who, ref)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, casework.BookingView{Ref: ref, Service: c.Service.ID, Title: c.Title, State: c.Queue.State, Group: c.Queue.Group})
	}
	return out, f.down
}

func (f *fake) DaysWithSlots(aiqyn.ServiceID, string, deadline.Date) []casework.DaySlots {
	return []casework.DaySlots{{Day: deadline.DateOf(now).AddDays(2), First: someSlot(0).Starts, Last: someSlot(0).Ends.Add(3 * time.Hour), Places: 12, Taken: 12}, {Day: deadline.DateOf(now).AddDays(3), First: someSlot(0).Starts, Last: someSlot(0).Ends, Places: 12, Taken: 4}}
}

func (f *fake) SlotSeated(context.Context, aiqyn.Actor, aiqyn.ServiceID, deadline.Date, casework.Page) (casework.List[casework.SeatedLine], error) {
	return casework.List[casework.SeatedLine]{Items: []casework.SeatedLine{
		{Ref: "AQ-SLOT-0001", Name: "О•••• А••••", Group: "pol-1/cardiologist", State: casework.QueuePlaced, Starts: now.Add(-2 * time.Hour)},
		{Ref: "AQ-SLOT-0002", Name: "С•••• Д••••", Group: "pol-1/cardiologist", State: casework.QueueTaken, Starts: now.Add(-time.Hour)},
		{Ref: "AQ-SLOT-0003", Name: "Қ•••• Е••••", Group: "pol-1/cardiologist", State: casework.QueueOffered, Starts: now.Add(time.Hour)},
	}}, f.down
}

// booked adds cases of a queue whose places have a time.
func (f *fake) booked(add func(aiqyn.Reference, func(*casework.CaseView))) {
	svc, _ := f.pack.Service(specialist)
	groups := timedGroups()
	for ref, state := range map[aiqyn.Reference]casework.QueueState{
		"AQ-SLOT-0001": casework.QueueWaiting, "AQ-SLOT-0002": casework.QueueOffered, "AQ-SLOT-0003": casework.QueueTaken, "AQ-SLOT-0004": casework.QueuePlaced,
	} {
		add(ref, func(c *casework.CaseView) {
			c.Service, c.Title, c.Step, c.Answers, c.Ruling, c.Draw, c.Due = svc, svc.Title, svc.Steps[0], nil, nil, nil, nil
			c.Status, c.StepState, c.Can = casework.StatusQueue, casework.StepWaiting, []string{"withdraw", "look-again", "rebook"}
			slot := someSlot(1)
			groups[0].Slot = &slot
			c.Queue = &casework.QueueView{State: state, First: now.AddDate(0, 0, -3), Tier: &svc.Queue.Tiers[1], Slots: &casework.SlotsView{Most: 2, Changes: 1}}
			switch state {
			case casework.QueueWaiting:
				c.Queue.Lines = []casework.LineView{{Group: timedGroups()[0], Position: 4, Of: 11, Country: 40, CountryOf: 300}}
				c.Queue.Slots.Tickets = []casework.TicketView{{Group: "pol-1/cardiologist", At: now.Add(time.Hour)}}
			case casework.QueueOffered:
				c.Status, c.StepState, c.Due, c.Queue.Group, c.Can = casework.StatusOpen, casework.StepOpen, f.due(1), &groups[0], []string{"take-step", "withdraw", "rebook"}
				c.Queue.Slots.Until = slot.Starts.Add(-4 * time.Hour)
			case casework.QueueTaken:
				c.Status, c.Queue.Group, c.Can = casework.StatusBooked, &groups[0], []string{"withdraw", "rebook"}
				c.Queue.Slots.Until = slot.Starts.Add(-4 * time.Hour)
			case casework.QueuePlaced:
				c.Status, c.Outcome, c.Step, c.Queue.Group, c.Can = casework.StatusClosed, aiqyn.Granted, nil, &groups[0], nil
			}
		})
	}
}

// queued adds cases of a queue in each of its states.
func (f *fake) queued(add func(aiqyn.Reference, func(*casework.CaseView))) {
	svc, _ := f.pack.Service("education.kindergarten")
	groups := someGroups()
	for ref, state := range map[aiqyn.Reference]casework.QueueState{
		"AQ-QUEU-0001": casework.QueueWaiting, "AQ-QUEU-0002": casework.QueueOffered, "AQ-QUEU-0003": casework.QueueStopped, "AQ-QUEU-0004": casework.QueuePlaced, "AQ-QUEU-0005": casework.QueueLeft,
	} {
		add(ref, func(c *casework.CaseView) {
			c.Service, c.Title, c.Step, c.Answers, c.Ruling, c.Draw, c.Due = svc, svc.Title, svc.Steps[0], nil, nil, nil, nil
			c.Status, c.StepState, c.Can = casework.StatusQueue, casework.StepWaiting, []string{"withdraw", "look-again", "transfer"}
			c.Queue = &casework.QueueView{State: state, First: now.AddDate(-1, 0, 0), Kept: 50, Sibling: svc.Queue.Sibling, Reserves: svc.Queue.Reserves, Tier: &svc.Queue.Tiers[2], Claim: claimOf(state), Holds: state == casework.QueueWaiting,
				Lines:  []casework.LineView{{Group: groups[0], Position: 7, Of: 7, Country: 40, CountryOf: 300, Sibling: true}, {Group: groups[1], Position: 3, Of: 12, Country: 40, CountryOf: 300}},
				Rounds: []casework.RoundLine{{Name: "education.kindergarten/2026-11-20", Pseudonym: strings.Repeat("01", 16), Day: "2026-11-20", Entry: 70, Drawn: true}}}
			if state == casework.QueueWaiting {
				c.Queue.Transfers = []casework.TransferView{{From: "110000000", To: "710000000", Left: 61, Came: 62, At: now}}
			}
			switch state {
			case casework.QueueOffered:
				c.Status, c.StepState, c.Due, c.Queue.Group, c.Can = casework.StatusOpen, casework.StepOpen, f.due(3), &groups[0], []string{"take-step", "withdraw"}
			case casework.QueueStopped:
				c.Queue.Until, c.Queue.Restore, c.Can = now.AddDate(0, 0, 8), now.AddDate(0, 0, 20), []string{"restore", "withdraw"}
			case casework.QueuePlaced:
				c.Status, c.Outcome, c.Step, c.Queue.Group = casework.StatusClosed, aiqyn.Granted, nil, &groups[0]
			case casework.QueueLeft:
				c.Status, c.Outcome, c.Step, c.Can = casework.StatusClosed, aiqyn.Withdrawn, nil, nil
			}
		})
	}
}
