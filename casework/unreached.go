package casework

import (
	"context"
	"slices"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
	"aiqyn/service"
)

// A pack names the logs that carry a country, and the operator of each log names those that
// it tells (--shards). Which comes first is nobody's veto: a pack is published whether or
// not an operator has named a log that it names, and whoever publishes, and whoever runs the
// log, is told what is missing as long as it is.

// UnreachedLog is a log that a pack sends applications to, and that this process does not
// know how to tell: applications for its places are not taken.
type UnreachedLog struct {
	Origin string
	Title  aiqyn.Text
	From   deadline.Date // day on which a pack that names it comes into force; zero: one in force does
}

// MissingLogs are the logs that a pack sends applications to and that are neither among
// the shards with an address nor the log's own.
func MissingLogs(p *service.Pack, shards []Shard, own func(origin string) bool) (list []service.CompetentLog) {
	if p.Competence == nil {
		return nil
	}
	for _, l := range p.Competence.Logs {
		told := slices.ContainsFunc(shards, func(s Shard) bool { return s.Origin == l.Origin && s.URL != "" })
		if !told && !own(l.Origin) {
			list = append(list, l)
		}
	}
	return list
}

// Unreached lists the logs that applications cannot be sent on to, by the pack in force and
// by those that are published and wait for their day; for whoever runs the log or publishes.
func (e *Engine) Unreached(ctx context.Context, viewer aiqyn.Actor) ([]UnreachedLog, error) {
	may := func(a access.Action) bool { return access.Allowed(viewer.Role, a, access.None).OK }
	if !may(access.ActionOperate) && !may(access.ActionPublishPack) {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	return e.unreached(ctx)
}

func (e *Engine) unreached(ctx context.Context) ([]UnreachedLog, error) {
	list := e.missing(e.packs.current(), deadline.Date{}, nil)
	acts, err := e.actsOf(ctx, EventPublished)
	if err != nil {
		return nil, err
	}
	today := deadline.DateOf(e.Clock().In(e.Zone))
	slices.Reverse(acts) // the earliest pack that names a log says from when
	for _, ev := range acts {
		d := ev.data.(*published)
		from, err := deadline.ParseDate(d.From)
		if err != nil || !from.After(today) && e.restsOnWitnesses(ev.index) { // it is in force, or was
			continue
		}
		if pack := e.packs.find(d.Pack); pack != nil {
			list = e.missing(pack, from, list)
		}
	}
	return list, nil
}

// missing adds what a pack names and nobody has yet.
func (e *Engine) missing(pack *service.Pack, from deadline.Date, list []UnreachedLog) []UnreachedLog {
	for _, l := range MissingLogs(pack, e.Shards, e.isOwn) {
		i := slices.IndexFunc(list, func(u UnreachedLog) bool { return u.Origin == l.Origin })
		switch {
		case i < 0:
			list = append(list, UnreachedLog{Origin: l.Origin, Title: l.Title, From: from})
		case from.Before(list[i].From):
			list[i].From = from
		}
	}
	return list
}

// sayUnreached writes it down for whoever reads the server's log.
func (e *Engine) sayUnreached(pack *service.Pack) {
	for _, l := range MissingLogs(pack, e.Shards, e.isOwn) {
		e.Log.Error("applications for places of another log are not taken: it is not in --shards", "log", l.Origin)
	}
}

// amissLogs is a line for each log that cannot be told, for whoever runs the server.
func (e *Engine) amissLogs(ctx context.Context) (list []string) {
	logs, err := e.unreached(ctx)
	if err != nil {
		return nil // Ready tells that
	}
	for _, l := range logs {
		line := "applications for places of " + l.Origin + " are not taken: name it in --shards"
		if !l.From.IsZero() {
			line = "applications for places of " + l.Origin + " will not be taken from " + l.From.String() + ": name it in --shards"
		}
		list = append(list, line)
	}
	return list
}

// shardMetrics tell of other logs.
func (e *Engine) shardMetrics(ctx context.Context) ([]metric, error) {
	list, err := e.unreached(ctx)
	return []metric{{"logs_unreached", "gauge", "Other logs that a pack in force or published sends applications to, and that are not in --shards.", float64(len(list))}}, err
}
