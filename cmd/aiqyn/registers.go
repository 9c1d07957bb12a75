package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
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
