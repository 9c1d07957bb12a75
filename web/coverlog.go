package web

import (
	"context"
	"fmt"
	"log/slog"

	"aiqyn/access"
)

// CoverLog is a handler of log lines with whatever looks like a person's number, telephone or
// address covered in them. What writes a line says nothing of people; this holds where a
// cause that came from outside says more than it should.
func CoverLog(h slog.Handler) slog.Handler { return &coveredLog{h} }

type coveredLog struct{ to slog.Handler }

func (h *coveredLog) Enabled(ctx context.Context, level slog.Level) bool {
	return h.to.Enabled(ctx, level)
}

func (h *coveredLog) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, access.Covered(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(coveredAttr(a))
		return true
	})
	return h.to.Handle(ctx, out)
}

func (h *coveredLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	list := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		list[i] = coveredAttr(a)
	}
	return &coveredLog{h.to.WithAttrs(list)}
}

func (h *coveredLog) WithGroup(name string) slog.Handler { return &coveredLog{h.to.WithGroup(name)} }

func coveredAttr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		v = slog.StringValue(access.Covered(v.String()))
	case slog.KindGroup:
		list := make([]slog.Attr, 0, len(v.Group()))
		for _, of := range v.Group() {
			list = append(list, coveredAttr(of))
		}
		v = slog.GroupValue(list...)
	case slog.KindAny:
		if was := fmt.Sprint(v.Any()); was != access.Covered(was) {
			v = slog.StringValue(access.Covered(was))
		}
	}
	return slog.Attr{Key: a.Key, Value: v}
}
