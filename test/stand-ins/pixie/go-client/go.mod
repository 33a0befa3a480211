module gctop.test/pixie-client

go 1.20

require px.dev/pxapi v0.2.1 // the test takes the latest
