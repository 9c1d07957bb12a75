package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/store"
)

// registersFile says how registers of other bodies are reached:
//
//	{"server":"https://security-server.example","client":"KZ/GOV/2002/aiqyn",
//	 "services":{"cadastre.parcels":"KZ/GOV/1001/cadastre/parcels"},
//	 "certificate":"client.pem","key":"client.key"}
//
// "cadastre.places" among them finds parcels by where they lie; without it a press on the
// map finds none where parcels are another body's.
//
// Registers that it does not name are read from the database.
type registersFile struct {
	Server      string            `json:"server"`
	Client      string            `json:"client"`
	Services    map[string]string `json:"services"`
	Certificate string            `json:"certificate"`
	Key         string            `json:"key"`
}

// openRegisters joins the registers of other bodies with those in the database.
func openRegisters(file string, db *store.DB) (registry.Register, error) {
	local := registry.NewLocal(db)
	if file == "" {
		return local, nil
	}
	x, f, err := openXRoad(file)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	routes := make(registry.Routes)
	for _, name := range registry.Names {
		routes[name] = local
	}
	for name := range f.Services {
		if name == registry.PlaceService {
			continue
		}
		if routes[name] == nil {
			return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(fmt.Errorf("no register is called %q", name))
		}
		routes[name] = x
	}
	return routes, nil
}

func openXRoad(file string) (*registry.XRoad, registersFile, error) {
	var f registersFile
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, f, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, f, err
	}
	client := &http.Client{}
	if f.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
		if err != nil {
			return nil, f, err
		}
		client.Transport = &http.Transport{TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}}
	}
	x, err := registry.NewXRoad(registry.XRoadConfig{
		Server: f.Server, Client: f.Client, Services: f.Services, HTTP: client, Now: time.Now,
	})
	return x, f, err
}

// placeParcels keeps where parcels lie that were written before that was kept: those of
// the register after the last that lies anywhere, part by part.
func placeParcels(ctx context.Context, db *store.DB) error {
	const part = 2000
	last, err := db.PlacedLast(ctx, registry.ParcelRegister)
	for err == nil {
		var docs []store.RegisterDoc
		if docs, err = db.RegisterAfter(ctx, registry.ParcelRegister, last, part); err != nil || len(docs) == 0 {
			break
		}
		for i := range docs {
			var p registry.Plot
			if json.Unmarshal(docs[i].Value, &p) == nil { // one that cannot be read is told when it is looked up
				docs[i].Cells = p.Cells()
			}
		}
		last = docs[len(docs)-1].Key
		err = db.PutRegisterRows(ctx, docs)
	}
	return err
}

// networks reads "10.0.0.0/8,fd00::/8".
func networks(list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for text := range strings.SplitSeq(list, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, aiqyn.E(aiqyn.Invalid, "error.serve-proxy", "network", text).Because(err)
		}
		all = append(all, p)
	}
	return all, nil
}
