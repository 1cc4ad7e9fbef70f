import type { Random } from './random.js';

const firstNames =
  `Anna Ben Carla David Elena Felix Greta Hugo Ines Jonas Katarzyna Liam Maria Noah Olivia Paul Quentin Rosa
  Samuel Tereza Umberto Vera William Yara Zoe Aisha Björn Chloé Dmitri Esther Francesca George Hannah Ivan
  Julia Kenji Laura Mehmet Nadia Oscar Priya Rafael Sofia Thomas Ursula Victor Wei Ximena Yusuf Zuzana
  Amélie Bruno Camille Daniel Emma Fatima Gabriel Helena Isabel Jakub Lena Marco Nina Ole Petra Ruth Simon
  Tomás Valentina André Beatriz Clara Diego Eva Fiona Gustav Hana Igor Jana`.split(/\s+/u);

const lastNames =
  `Schmidt García Rossi Dubois Novák Kowalski Jansen Silva Müller O'Brien Andersson Nielsen Bauer Moreau
  Costa Fischer Horváth Ivanov Tanaka Yılmaz Patel Brown Wilson Taylor Weber Lopez Ferrari Petit Svoboda
  Nowak Visser Santos Becker Murphy Lindqvist Hansen Wagner Leroy Almeida Hoffmann Nagy Petrov Sato Demir
  Shah Evans Thompson Clarke Richter Hernández Bianchi Lefèvre Dvořák Wiśniewski Bakker Pereira Koch Kelly
  Berg Olsen Klein Girard Marques Wolf Kiss Popov Suzuki Kaya Mehta Hughes Walker Hall Braun Torres Romano
  Fontaine Kučera Lewandowski Smit Ribeiro`.split(/\s+/u);

export interface PersonName {
  first: string;
  last: string;
}

/** Every pair of names is handed out once, so that a full name means one person. */
export function personNames(random: Random, count: number): PersonName[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, () => {
    for (;;) {
      const name = { first: random.pick(firstNames), last: random.pickSkewed(lastNames) };
      const key = `${name.first} ${name.last}`;
      if (taken.has(key)) continue;
      taken.add(key);
      return name;
    }
  });
}

export function emailOf(name: PersonName, domain: string): string {
  return `${asciiWord(name.first)}.${asciiWord(name.last)}@${domain}`;
}

export function asciiWord(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll('ı', 'i')
    .replaceAll('ł', 'l')
    .replaceAll('ø', 'o')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/gu, '');
}
