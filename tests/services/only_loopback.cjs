// Required before a server that names no address to listen on: nobody else may reach it.
"use strict";

const net = require("node:net");

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (...rest) {
  const [first, second] = rest;
  if (first !== null && typeof first === "object" && "port" in first) {
    rest[0] = { ...first, host: "127.0.0.1" };
  } else if (!Number.isNaN(Number(first)) && typeof second !== "string") {
    rest.splice(1, 0, "127.0.0.1");
  }
  return listen.apply(this, rest);
};
